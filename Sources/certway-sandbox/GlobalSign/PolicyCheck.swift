// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Holds the body of an order against the policy (wire/globalsign-atlas.md sections 4 and 5).
///
/// Everything wrong is collected; members that nobody knows are wrong, empty optional ones are not.
struct PolicyCheck {
    let policy: ValidationPolicy
    let now: Date
    /// By dotted name of the member.
    var problems: [String: String] = [:]
    private var content = AtlasContent()

    init(policy: ValidationPolicy, now: Date) {
        self.policy = policy
        self.now = now
    }

    /// - Throws: a 422 that names every member at fault.
    static func read(_ body: [String: JSONValue], policy: ValidationPolicy, now: Date) throws -> (
        content: AtlasContent, key: PublicKey
    ) {
        var check = PolicyCheck(policy: policy, now: now)
        check.refuseUnknown(
            body, "",
            [
                "validity", "subject_dn", "san", "extended_key_usages", "key_usages", "signature", "public_key",
                "public_key_signature", "custom_extensions", "subject_da", "qualified_statements",
                "ms_extension_template",
            ])
        check.readValidity(body["validity"])
        check.readSubject(body["subject_dn"])
        check.readNames(body["san"])
        check.readKeyUsages(body["key_usages"])
        let purposes = check.list(
            body["extended_key_usages"], policy.entry("extended_key_usages", "ekus"), "extended_key_usages")
        check.content.extendedKeyUsage = purposes.map { KeyPurpose(rawValue: $0) }
        check.readSignature(body["signature"])
        check.readExtensions(body["custom_extensions"])
        for name in ["subject_da", "qualified_statements", "ms_extension_template"] {
            if body[name]?.isEmptyValue == false { check.problems[name] = "forbidden by policy" }
        }
        let key = check.readKey(body["public_key"], signature: body["public_key_signature"])
        guard check.problems.isEmpty, let key else { throw AtlasError.policy(check.problems) }
        check.content.csr = key.csr
        return (check.content, key.key)
    }

    /// The key of a rekey request, which keeps everything else.
    static func readRekey(_ body: [String: JSONValue], policy: ValidationPolicy, now: Date) throws -> (
        key: PublicKey, csr: CertificateSigningRequest?
    ) {
        var check = PolicyCheck(policy: policy, now: now)
        check.refuseUnknown(body, "", ["public_key", "public_key_signature", "signature"])
        check.readSignature(body["signature"])
        let key = check.readKey(body["public_key"], signature: body["public_key_signature"], isRekey: true)
        guard check.problems.isEmpty, let key else { throw AtlasError.policy(check.problems) }
        return key
    }

    private mutating func readValidity(_ value: JSONValue?) {
        guard let members = object(value, "validity"), let rules = policy.entry("validity") else {
            problems["validity"] = problems["validity"] ?? "required by policy"
            return
        }
        refuseUnknown(members, "validity", ["not_before", "not_after"])
        guard let start = members["not_before"]?.int else {
            problems["validity.not_before"] = "required, Unix seconds"
            return
        }
        let offset = start - Int(now.timeIntervalSince1970)
        if offset < -(rules["not_before_negative_skew"]?.int ?? 0)
            || offset > rules["not_before_positive_skew"]?.int ?? 0
        {
            problems["validity.not_before"] = "outside of the allowed skew"
        }
        let longest = min(start + (rules["secondsmax"]?.int ?? 0), rules["issuer_expiry"]?.int ?? .max)
        var end = longest
        if let given = members["not_after"], !given.isNull {
            guard let number = given.int else {
                problems["validity.not_after"] = "not a number of seconds"
                return
            }
            if number != 0 { end = number }
        }
        if end > longest || end - start < rules["secondsmin"]?.int ?? 0 {
            problems["validity.not_after"] = "validity outside of the policy"
        }
        content.notBefore = Date(timeIntervalSince1970: TimeInterval(start))
        content.notAfter = Date(timeIntervalSince1970: TimeInterval(end))
    }

    private mutating func readSubject(_ value: JSONValue?) {
        guard let members = object(value, "subject_dn") else {
            problems["subject_dn"] = problems["subject_dn"] ?? "required"
            return
        }
        refuseUnknown(
            members, "subject_dn",
            AtlasSubject.fields.map(\.member) + ["organizational_unit", "extra_attributes"])
        var attributes: [DistinguishedName.Attribute] = []
        for field in AtlasSubject.fields {
            let found = text(
                members[field.member], policy.entry("subject_dn", field.member), "subject_dn.\(field.member)")
            if let found { attributes.append(.init(field.type, found)) }
            // The units stand below the organization.
            if field.member == "organization" {
                let units = list(
                    members["organizational_unit"], policy.entry("subject_dn", "organizational_unit"),
                    "subject_dn.organizational_unit")
                attributes += units.map { .init("OU", $0) }
            }
        }
        let extra = typedValues(
            members["extra_attributes"], policy.entry("subject_dn", "extra_attributes"), "subject_dn.extra_attributes")
        attributes += extra.map { .init($0.type, $0.value) }
        content.subject = DistinguishedName(attributes)
    }

    private mutating func readNames(_ value: JSONValue?) {
        let members = object(value, "san") ?? [:]
        refuseUnknown(members, "san", ["dns_names", "emails", "ip_addresses", "uris", "other_names"])
        func rule(_ name: String) -> JSONValue? { policy.entry("san", name) }
        content.emails = list(members["emails"], rule("emails"), "san.emails")
        content.otherNames += list(members["dns_names"], rule("dns_names"), "san.dns_names").map { .dNSName($0) }
        content.otherNames += list(members["uris"], rule("uris"), "san.uris").map { .uniformResourceIdentifier($0) }
        if !list(members["ip_addresses"], rule("ip_addresses"), "san.ip_addresses").isEmpty {
            problems["san.ip_addresses"] = "not supported by the sandbox"
        }
        for name in typedValues(members["other_names"], rule("other_names"), "san.other_names") {
            if name.type == "1.3.6.1.4.1.311.20.2.3" {
                content.otherNames.append(.userPrincipalName(name.value))
            } else if let der = [UInt8](hexText: name.value) {
                content.otherNames.append(.otherName(type: name.type, der: der))
            } else {
                problems["san.other_names"] = "value of \(name.type) is no DER in hex"
            }
        }
    }

    private mutating func readKeyUsages(_ value: JSONValue?) {
        let members = object(value, "key_usages") ?? [:]
        refuseUnknown(members, "key_usages", AtlasSubject.keyUsages.map(\.member))
        for usage in AtlasSubject.keyUsages {
            let path = "key_usages.\(usage.member)"
            let given = members[usage.member].flatMap { $0.isNull ? nil : $0 }
            if let given, given.bool == nil { problems[path] = "not true or false" }
            switch policy.entry("key_usages", usage.member)?.string {
            case "OPTIONAL":
                if given?.bool == true { content.keyUsage.insert(usage.bit) }
            case let rule:
                if given != nil { problems[path] = "static in policy" }
                if rule == "STATIC_TRUE" { content.keyUsage.insert(usage.bit) }
            }
        }
    }

    private mutating func readSignature(_ value: JSONValue?) {
        let members = object(value, "signature") ?? [:]
        refuseUnknown(members, "signature", ["algorithm", "hash_algorithm"])
        for name in ["algorithm", "hash_algorithm"] {
            guard let given = members[name], !given.isEmptyValue else { continue }
            let rule = policy.entry("signature", name)
            if rule?["presence"]?.string == "STATIC" {
                problems["signature.\(name)"] = "static in policy"
            } else if rule?["list"]?.array?.contains(given) != true {
                problems["signature.\(name)"] = "value does not match policy"
            }
        }
    }

    private mutating func readExtensions(_ value: JSONValue?) {
        for (type, given) in object(value, "custom_extensions") ?? [:] {
            let path = "custom_extensions.\(type)"
            guard let found = text(given, policy.entry("custom_extensions", type), path) else { continue }
            guard let der = [UInt8](hexText: found) else {
                problems[path] = "value is no DER in hex"
                continue
            }
            content.extensions.append(.init(type: type, der: der))
        }
    }

    private mutating func readKey(_ value: JSONValue?, signature: JSONValue?, isRekey: Bool = false) -> (
        key: PublicKey, csr: CertificateSigningRequest?
    )? {
        do {
            return try AtlasPublicKey(policy: policy, isRekey: isRekey).read(value, signature: signature)
        } catch {
            problems[error.member] = error.message
            return nil
        }
    }
}
