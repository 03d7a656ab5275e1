# The program with Node, for machines that have none. Without a command it serves the reference cluster as a bare node,
# over TLS with a certificate of its own, for `crdb-conformance run --container` and for other harnesses:
#
#   docker build -t crdb-conformance .
#   docker run --rm -p 9443:9443 crdb-conformance
#   docker run --rm -e CRDB_PASSWORD -v "$PWD:/results" crdb-conformance run --target … --user … --out /results/out
ARG BASE=node:24-slim
FROM ${BASE}
WORKDIR /opt/crdb-conformance
COPY package.json package-lock.json ./
# The exec form, for a base need not have a shell. No script of a package has to run: those that are allowed one fetch a
# Node for machines with an older one.
RUN ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
COPY . .
RUN ["node", "--eval", "fs.chmodSync('harness/cli.js', 0o755); fs.symlinkSync('/opt/crdb-conformance/harness/cli.js', '/usr/local/bin/crdb-conformance')"]
# Whoever `node` is in the base: never root.
USER 1000:1000
# User 1000 may have no home that can be written.
ENV HOME=/tmp
EXPOSE 9443
ENTRYPOINT ["node", "/opt/crdb-conformance/harness/cli.js"]
CMD ["reference", "--bare-node", "--tls", "--host", "0.0.0.0", "--port", "9443"]
