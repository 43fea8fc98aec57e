# Shared by the scripts of this folder: finds JDK, Envoy and wrk, builds, starts and stops processes.
# Sourced, not run.
# shellcheck shell=bash

say() { printf 'perf: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(dirname "$here")
started=() # process ids of this run, and of nobody else
work=''

# Ends every process that this run started, and removes its folder.
cleanup() {
  local pid
  for pid in ${started[@]+"${started[@]}"}; do kill "$pid" 2>/dev/null || true; done
  for pid in ${started[@]+"${started[@]}"}; do wait "$pid" 2>/dev/null || true; done
  if [[ -n $work ]]; then rm -rf "$work"; fi
}

# A folder with a short name: the path of a Unix socket has at most 103 bytes.
open_work() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/gat-perf.XXXXXX")
  trap cleanup EXIT
  trap 'exit 130' INT TERM
}

require_jdk() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/*; do
    if [[ -x $home/bin/javac ]] && grep -qE '^JAVA_VERSION="?(2[5-9]|[3-9][0-9])' "$home/release" 2>/dev/null; then
      export JAVA_HOME=$home
      return 0
    fi
  done
  die 'needs a JDK 25 or newer; point JAVA_HOME at one'
}

require_envoy() {
  local found
  for found in "${GAT_ENVOY:-}" "$(command -v envoy || true)" "$root/.envoy/envoy"; do
    if [[ -x $found ]]; then
      envoy=$found
      return 0
    fi
  done
  die 'found no Envoy: set GAT_ENVOY, put `envoy` on PATH, or run ./gat demo once, which fetches one'
}

require_tools() {
  command -v wrk >/dev/null || die 'needs wrk: apt-get install wrk (Debian, Ubuntu), brew install wrk'
  command -v curl >/dev/null || die 'needs curl: apt-get install curl'
}

# Builds this module where a source is newer than its jar. Sets `classpath`.
build_perf() {
  local jar=$here/target/gat-perf-0.1.0-SNAPSHOT.jar
  if [[ ! -e $jar || -n $(find "$root/pom.xml" "$root"/{policy,authz-server,perf}/{pom.xml,src/main} -newer "$jar" -print -quit) ]]; then
    say 'building…'
    (cd "$root" && mvn -B -q -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -pl perf -am package >"$work/build.log" 2>&1) ||
      { cat "$work/build.log" >&2; die 'the build failed'; }
    touch "$jar"
  fi
  classpath=$jar:$here/target/lib/*
}

java_perf() { "$JAVA_HOME/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp "$classpath" "$@"; }

# wait_for SECONDS FILE PATTERN PID: until the file has the pattern; dies with the log where the process ends.
wait_for() {
  local deadline=$((SECONDS + $1))
  until grep -q "$3" "$2" 2>/dev/null; do
    kill -0 "$4" 2>/dev/null || { cat "$2" "${2%.out}.err" >&2 || true; die "a process ended before it was ready"; }
    ((SECONDS < deadline)) || { cat "$2" "${2%.out}.err" >&2 || true; die "a process was not ready in $1 s"; }
    sleep 0.02
  done
}

# One HTTP listener on a free port: `listener NAME` with the filters' YAML on stdin. The answer comes from
# the route itself, so that no upstream blurs the numbers.
listener() {
  cat <<YAML
  - name: $1
    address: {socket_address: {address: 127.0.0.1, port_value: 0}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: $1
          codec_type: HTTP1
          generate_request_id: true
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: {prefix: "/"}
                direct_response: {status: 200, body: {inline_string: "ok"}}
          http_filters:
YAML
  sed 's/^/          /'
  cat <<'YAML'
          - name: envoy.filters.http.router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
YAML
}

ext_authz() {
  cat <<YAML
- name: envoy.filters.http.ext_authz
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
    transport_api_version: V3
    failure_mode_allow: false
    status_on_error: {code: ServiceUnavailable}
    encode_raw_headers: true
    grpc_service: {envoy_grpc: {cluster_name: $1}, timeout: 2s}
YAML
}

jwt_and_rbac() { # CACHE-YAML
  cat <<YAML
- name: envoy.filters.http.jwt_authn
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
    providers:
      perf:
        issuer: "https://perf.example"
        audiences: [orders]
        payload_in_metadata: payload
        $1
        local_jwks: {filename: "$work/jwks.json"}
    rules:
    - match: {prefix: "/"}
      requires: {provider_name: perf}
- name: envoy.filters.http.rbac
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
    rules:
      action: ALLOW
      policies:
        read-order:
          permissions:
          - and_rules:
              rules:
              - header: {name: ":method", string_match: {exact: GET}}
              - url_path: {path: {safe_regex: {regex: "/v1/orders/[^/]+"}}}
          principals:
          - metadata:
              filter: envoy.filters.http.jwt_authn
              path: [{key: payload}, {key: scope}]
              value: {string_match: {exact: "orders:read"}}
YAML
}

socket_cluster() { # NAME SOCKET
  cat <<YAML
  - name: $1
    type: STATIC
    connect_timeout: 2s
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {http2_protocol_options: {}}
    load_assignment:
      cluster_name: $1
      endpoints:
      - lb_endpoints:
        - endpoint: {address: {pipe: {path: "$2"}}}
YAML
}

write_envoy_config() {
  {
    echo 'admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}'
    echo 'static_resources:'
    echo '  listeners:'
    listener none </dev/null
    jwt_and_rbac 'jwt_cache_config: {jwt_cache_size: 2000}' | listener jwt_cached
    jwt_and_rbac '' | listener jwt
    ext_authz noop | listener noop
    ext_authz gat | listener gat
    ext_authz opa | listener opa
    echo '  clusters:'
    socket_cluster noop "$work/noop.sock"
    socket_cluster gat "$work/gat.sock"
    socket_cluster opa "$work/opa.sock"
  } >"$work/envoy.yaml"
}

# Starts Envoy with one worker. Sets envoy_pid and the array port[LISTENER].
start_envoy() {
  local name address
  write_envoy_config
  "${pin_envoy[@]}" "$envoy" -c "$work/envoy.yaml" --concurrency 1 --use-dynamic-base-id -l warning \
    --admin-address-path "$work/admin" >"$work/envoy.out" 2>"$work/envoy.err" </dev/null &
  envoy_pid=$!
  started+=("$envoy_pid")
  local deadline=$((SECONDS + 20))
  until [[ -s $work/admin ]] && curl -fs "http://$(<"$work/admin")/ready" >/dev/null 2>&1; do
    kill -0 "$envoy_pid" 2>/dev/null || { cat "$work/envoy.err" >&2; die 'Envoy ended'; }
    ((SECONDS < deadline)) || { cat "$work/envoy.err" >&2; die 'Envoy was not ready in 20 s'; }
    sleep 0.05
  done
  while IFS=: read -r name _ _ address; do port[$name]=${address##*:}; done \
    < <(curl -fs "http://$(<"$work/admin")/listeners")
}

# Writes gat's configuration, with a policy that asks for the same as the other cases.
write_gat_config() {
  cat >"$work/gat.yaml" <<YAML
gat:
  roles: [authz]
  authz:
    listen: "unix://$work/gat.sock"
    policy: policy.yaml
    trust:
      - issuer: "https://perf.example"
        algorithms: [ES256]
        keys: {file: jwks.json}
  health: {listen: "http://127.0.0.1:0"}
  drain: {delay: 0s}
  admin: {listen: "http://127.0.0.1:0"}
YAML
  cat >"$work/policy.yaml" <<'YAML'
version: gat/v1
service: orders
hosts: [orders.perf.example]
audience: orders
credential: bearer
rules:
  - name: read-order
    methods: [GET]
    paths: ["/v1/orders/{id}"]
    scopes: [orders:read]
YAML
}

# Starts gat as its users do. Sets gat_pid.
start_gat() {
  "${pin_rest[@]}" "$root/gat" serve --config "$work/gat.yaml" >"$work/gat.out" 2>"$work/gat.err" </dev/null &
  gat_pid=$!
  started+=("$gat_pid")
  wait_for 60 "$work/gat.out" ready "$gat_pid"
}

# CPU that a process has used so far, user and system, in clock ticks.
ticks() {
  local stat
  stat=$(<"/proc/$1/stat")
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  echo $((${12} + ${13}))
}

tick_micros=$((1000000 / $(getconf CLK_TCK)))
