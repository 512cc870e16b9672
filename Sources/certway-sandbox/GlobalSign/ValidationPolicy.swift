// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import PKIX

/// What one credential may ask for, in the shape in which the service tells it (wire/globalsign-atlas.md section 4).
struct ValidationPolicy: Sendable {
    let json: JSONValue

    /// - Throws: `JSONSyntaxError` for a text that is no JSON.
    init(_ text: String) throws(JSONSyntaxError) { json = try JSONValue(parsing: text) }

    init(_ json: JSONValue) { self.json = json }

    func entry(_ path: String...) -> JSONValue? { path.reduce(json) { $0?[$1] } }

    /// S/MIME and client authentication for the people of the sandbox tenant, with a signing request.
    static func rsa(domains: [String], issuerExpiry: Int) throws(JSONSyntaxError) -> ValidationPolicy {
        try smime(
            domains, issuerExpiry, encryption: "key_encipherment", other: "key_agreement",
            key: #"{"key_type":"RSA","allowed_lengths":[2048,3072,4096],"key_format":"PKCS10"}"#, signature: "FORBIDDEN"
        )
    }

    /// The same for keys on curves, with the bare public key and a signature over it.
    static func ecdsa(domains: [String], issuerExpiry: Int) throws(JSONSyntaxError) -> ValidationPolicy {
        try smime(
            domains, issuerExpiry, encryption: "key_agreement", other: "key_encipherment",
            key: #"{"key_type":"ECDSA","allowed_lengths":[256,384],"key_format":"PKCS8"}"#, signature: "REQUIRED")
    }

    private static func smime(
        _ domains: [String], _ issuerExpiry: Int, encryption: String, other: String, key: String, signature: String
    ) throws(JSONSyntaxError) -> ValidationPolicy {
        let hosts = domains.map { $0.split(separator: ".").joined(separator: #"\\."#) }.joined(separator: "|")
        let forbidden = #"{"presence":"FORBIDDEN","format":""}"#
        let none = #"{"static":false,"list":[],"mincount":0,"maxcount":0}"#
        return try ValidationPolicy(
            #"""
            {"validity":{"secondsmin":3600,"secondsmax":94867200,"not_before_negative_skew":120,
              "not_before_positive_skew":3600,"issuer_expiry":\#(issuerExpiry)},
             "subject_dn":{
              "common_name":{"presence":"REQUIRED","format":"^.{1,64}$"},
              "given_name":{"presence":"OPTIONAL","format":"^.{1,64}$"},
              "surname":{"presence":"OPTIONAL","format":"^.{1,64}$"},
              "pseudonym":{"presence":"OPTIONAL","format":"^.{1,64}$"},
              "serial_number":{"presence":"OPTIONAL","format":"^[A-Za-z0-9 .-]{1,64}$","ignore_empty":true},
              "organization":{"presence":"STATIC","format":"Sandbox GmbH"},
              "country":{"presence":"STATIC","format":"DE"},
              "organization_identifier":\#(forbidden),"state":\#(forbidden),"locality":\#(forbidden),
              "street_address":\#(forbidden),"postal_code":\#(forbidden),"email":\#(forbidden),
              "organizational_unit":{"static":false,"list":["^[A-Z].{0,63}$"],"mincount":0,"maxcount":1},
              "extra_attributes":{"2.5.4.12":{"static":false,"value_type":"UTF8STRING","value_format":"^.{1,64}$",
               "mincount":0,"maxcount":1}}},
             "san":{"critical":false,
              "emails":{"static":false,"list":["^[^@ ]+@(?:\#(hosts))$"],"mincount":1,"maxcount":20},
              "dns_names":\#(none),"ip_addresses":\#(none),"uris":\#(none),
              "other_names":{"1.3.6.1.4.1.311.20.2.3":{"static":false,"value_type":"UTF8STRING",
               "value_format":"^[^@ ]+@(?:\#(hosts))$","mincount":0,"maxcount":1}}},
             "key_usages":{"digital_signature":"STATIC_TRUE","content_commitment":"OPTIONAL",
              "\#(encryption)":"STATIC_TRUE","\#(other)":"STATIC_FALSE","data_encipherment":"STATIC_FALSE",
              "key_certificate_sign":"STATIC_FALSE","crl_sign":"STATIC_FALSE","encipher_only":"STATIC_FALSE",
              "decipher_only":"STATIC_FALSE"},
             "extended_key_usages":{"ekus":{"static":true,"list":["1.3.6.1.5.5.7.3.4","1.3.6.1.5.5.7.3.2"],
              "mincount":2,"maxcount":2},"critical":false},
             "signature":{"algorithm":{"presence":"STATIC","list":["ECDSA"]},
              "hash_algorithm":{"presence":"OPTIONAL","list":["SHA-256"]}},
             "public_key":\#(key),"public_key_signature":"\#(signature)",
             "custom_extensions":{"1.3.6.1.4.1.311.25.2":{"presence":"OPTIONAL","critical":false,"value_type":"DER",
              "value_format":"^(?:[0-9A-Fa-f]{2})+$"}}}
            """#)
    }
}
