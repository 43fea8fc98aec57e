# The same check as gat's policy of perf/run, for OPA-Envoy: signature, issuer, audience, expiry,
# scope, path and method. Its keys come in as data.jwks.
package gat

default allow := false

token := trim_prefix(input.attributes.request.http.headers.authorization, "Bearer ")

claims := payload if {
	[valid, _, payload] := io.jwt.decode_verify(token, {
		"cert": json.marshal(data.jwks),
		"alg": "ES256",
		"iss": "https://perf.example",
		"aud": "orders",
	})
	valid
}

allow if {
	input.attributes.request.http.method == "GET"
	glob.match("/v1/orders/*", ["/"], input.attributes.request.http.path)
	"orders:read" in split(claims.scope, " ")
}
