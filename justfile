# What developers run; `just ci` is what CI runs.

[group('everyday')]
demo:
    cargo run --release -- demo

[group('everyday')]
lab:
    cargo run --release -- lab

[group('checks')]
test:
    cargo test --workspace

[group('checks')]
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

[group('checks')]
ci:
    bash .ci/run

[group('measure')]
bench:
    cargo bench
