//! Families that a file may extend, and who made the devices they are for.

use std::collections::BTreeMap;
use std::sync::Arc;

use scanfleet_sdk::Vendor;
use scanfleet_sdk::family::Family;

use crate::files::Node;

/// A family that a file may extend.
#[derive(Debug, Clone, Default)]
pub struct KnownFamily {
    /// The maker, where it says so itself.
    pub maker: Option<String>,
    /// What it extends.
    pub extends: Option<String>,
    /// The embedded family, where it is one.
    pub embedded: Option<Arc<Family>>,
}

/// All families by id: the embedded ones, and the files at hand over them.
#[derive(Debug, Clone, Default)]
pub struct Known {
    families: BTreeMap<String, KnownFamily>,
    makers: Vec<String>,
}

impl Known {
    /// The families of adapters.
    pub fn of(makers: &[Arc<dyn Vendor>]) -> Self {
        let mut known = Self::default();
        for maker in makers {
            known.makers.push(maker.name().to_owned());
            for family in maker.families().everything() {
                let entry = KnownFamily {
                    maker: Some(family.maker().to_owned()),
                    extends: family.extends().next().map(str::to_owned),
                    embedded: Some(Arc::clone(family)),
                };
                known.families.insert(family.id().to_owned(), entry);
            }
        }
        known
    }

    /// Adds what a user's file says of itself; a file of an embedded id takes that family's place, whose words stay known.
    pub fn add(&mut self, id: &str, maker: Option<&str>, extends: Option<&str>) {
        let entry = KnownFamily {
            maker: maker.map(str::to_owned),
            extends: extends.map(str::to_owned),
            embedded: self.families.get(id).and_then(|family| family.embedded.clone()),
        };
        self.families.insert(id.to_owned(), entry);
    }

    /// Adds what a document says of itself, as far as it can be read.
    pub fn add_document(&mut self, document: &Node) {
        let text = |key: &str| document.get(key).and_then(Node::scalar);
        if let Some(id) = text("id") {
            self.add(id, text("maker"), text("extends"));
        }
    }

    /// A family by its id.
    pub fn get(&self, id: &str) -> Option<&KnownFamily> {
        self.families.get(id)
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.families.keys().map(String::as_str)
    }

    /// The makers that this program has adapters for.
    pub fn makers(&self) -> impl Iterator<Item = &str> {
        self.makers.iter().map(String::as_str)
    }

    /// The ids from a family up to the one that extends nothing; ends where nobody knows the next, or where it comes back
    /// to an id that is in it already (which is then the last).
    pub fn chain(&self, id: &str) -> Vec<String> {
        let mut chain = vec![id.to_owned()];
        while let Some(next) = self.get(&chain[chain.len() - 1]).and_then(|f| f.extends.clone()) {
            let again = chain.contains(&next);
            chain.push(next);
            if again {
                break;
            }
        }
        chain
    }

    /// The embedded families of a maker.
    pub fn embedded_of(&self, maker: &str) -> impl Iterator<Item = &Arc<Family>> {
        self.families.values().filter_map(|f| f.embedded.as_ref()).filter(move |f| f.maker() == maker)
    }

    /// The maker of a family, by itself or by what it extends.
    pub fn maker(&self, id: &str) -> Option<&str> {
        self.chain(id).iter().find_map(|id| self.families.get(id)?.maker.as_deref())
    }

    /// The nearest embedded family that this one extends.
    pub fn embedded_above(&self, id: &str) -> Option<&Arc<Family>> {
        self.chain(id).iter().skip(1).find_map(|id| self.families.get(id)?.embedded.as_ref())
    }
}
