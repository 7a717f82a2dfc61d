# One binary in a small image. All of it is built by `cargo xtask build`, as on any machine.
#
# What was built before is kept in layers and not in cache mounts, because Railway takes those only with the id of one
# service written into them.

FROM rust:1.95-trixie AS manifests
WORKDIR /orrery
COPY . .
# Of our own crates only what cargo must find, and that empty: files that change when a dependency or a tool does.
RUN find . -type f ! \( -name Cargo.toml -o -name Cargo.lock -o -path './.cargo/*' -o -path './xtask/*' \
        -o -path '*/src/lib.rs' -o -path '*/src/main.rs' -o -path '*/benches/*.rs' \) -delete \
    && find . -path ./xtask -prune -o -name '*.rs' -exec truncate --size 0 {} + \
    && echo 'fn main() {}' > server/src/main.rs \
    && mkdir --parents style && touch style/main.css

# Not the slim one: cargo-leptos compiles an OpenSSL of its own, which takes perl.
FROM rust:1.95-trixie AS build
# wasm-opt, of a version that xtask takes, so that it need not compile its own.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binaryen \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /orrery
# Tools and dependencies: the same build, around empty crates.
COPY --from=manifests /orrery .
RUN cargo xtask build
# Cargo goes by the time of a file, and ours may be older than the empty ones.
COPY . .
RUN find app frontend server -name '*.rs' -exec touch {} + && cargo xtask build

FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin orrery \
    && install --directory --owner orrery --group orrery /data
COPY --from=build /orrery/target/release/orrery /usr/local/bin/orrery
USER orrery
ENV HOST=0.0.0.0 PORT=3000 ORRERY_ENV=production
EXPOSE 3000
# Told to stop it sends its clients away and writes what it took, in less than the ten seconds that `docker stop` waits.
STOPSIGNAL SIGTERM
# Whether it lives, and not whether Redis does: to restart one for the health of the other helps nobody. There is no curl
# here, but bash speaks TCP.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /livez HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ code _ <&3 && test \"$code\" = 200"]
ENTRYPOINT ["orrery"]
