# The common commands.

demo:
    cargo run --release -- demo

test:
    cargo test --workspace

lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

document:
    cargo run --quiet -- openapi > openapi/kaoqin.json

ci:
    .ci/run
