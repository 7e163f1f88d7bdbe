# The MCP server and nothing else: no shell, no package manager, no user with a name.
#
#   docker build --tag confluence-mcp-server .

FROM rust:1.95.0-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /source
COPY . .
# The target is named so that only the program is linked statically, not what runs while it is built.
RUN target="$(rustc -vV | sed -n 's/^host: //p')" \
  && RUSTFLAGS="-C target-feature=+crt-static" \
    cargo build --release --locked --package confluence-mcp-server --target "$target" \
  && cp "target/$target/release/confluence-mcp-server" / \
  && mkdir -m 700 /data

FROM scratch
LABEL org.opencontainers.image.title="confluence-mcp-server" \
  org.opencontainers.image.description="MCP server for Atlassian Confluence Cloud" \
  org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /source/LICENSE-MIT /source/LICENSE-APACHE /usr/share/licenses/confluence-mcp-server/
COPY --from=build /confluence-mcp-server /usr/bin/
COPY --from=build --chown=65532:65532 /data/ /data/
USER 65532:65532
# The database, and the keys that are made for it.
VOLUME /data
# From outside of a container, its loopback is out of reach. The server refuses to start like this
# until CONFLUENCE_WORKSPACE_KEY or its file is given.
ENV CONFLUENCE_LISTEN=0.0.0.0:8080 CONFLUENCE_DATA_DIR=/data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 \
  CMD ["/usr/bin/confluence-mcp-server", "healthcheck"]
ENTRYPOINT ["/usr/bin/confluence-mcp-server"]
CMD ["serve"]
