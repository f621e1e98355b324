//! What somebody wants, as a playbook says it.
