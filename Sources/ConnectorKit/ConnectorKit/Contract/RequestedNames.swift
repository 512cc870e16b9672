// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// Subject and alternative names as asked for; absent parts are nil or empty.
public struct RequestedNames: Sendable, Hashable {
    public var commonName: String?
    public var givenName: String?
    public var surname: String?
    public var organization: String?
    public var organizationalUnit: String?
    public var locality: String?
    public var state: String?
    /// ISO 3166 two-letter code.
    public var country: String?
    public var pseudonym: String?
    /// Mail addresses (rfc822Name), the primary one first.
    public var emails: [String]
    /// Host names of a server (dNSName), in ASCII letters; `*.` in front means any one label.
    public var hosts: [String]
    /// otherName 1.3.6.1.4.1.311.20.2.3, for logon.
    public var userPrincipalName: String?
    /// `S-1-5-21-…`, extension 1.3.6.1.4.1.311.25.2, for logon.
    public var securityIdentifier: String?
    /// The subscriber's account in Active Directory, `DOMAIN\name` or the name alone, for CAs where an enrollment agent
    /// asks on behalf of its owner; no part of the certificate.
    public var accountName: String?

    public init(
        commonName: String? = nil, givenName: String? = nil, surname: String? = nil, organization: String? = nil,
        organizationalUnit: String? = nil, locality: String? = nil, state: String? = nil, country: String? = nil,
        pseudonym: String? = nil, emails: [String] = [], hosts: [String] = [], userPrincipalName: String? = nil,
        securityIdentifier: String? = nil, accountName: String? = nil
    ) {
        self.commonName = commonName
        self.givenName = givenName
        self.surname = surname
        self.organization = organization
        self.organizationalUnit = organizationalUnit
        self.locality = locality
        self.state = state
        self.country = country
        self.pseudonym = pseudonym
        self.emails = emails
        self.hosts = hosts
        self.userPrincipalName = userPrincipalName
        self.securityIdentifier = securityIdentifier
        self.accountName = accountName
    }
}

extension RequestedNames {
    /// The text members, in the order a distinguished name shows them, with the key that JSON and YAML use.
    private static var members: [(String, WritableKeyPath<RequestedNames, String?>)] {
        [
            ("commonName", \.commonName), ("givenName", \.givenName), ("surname", \.surname),
            ("pseudonym", \.pseudonym), ("organizationalUnit", \.organizationalUnit),
            ("organization", \.organization), ("locality", \.locality), ("state", \.state), ("country", \.country),
            ("userPrincipalName", \.userPrincipalName), ("securityIdentifier", \.securityIdentifier),
            ("accountName", \.accountName),
        ]
    }

    /// Every key of the JSON form.
    public static var keys: [String] { members.map(\.0) + ["emails", "hosts"] }

    /// The JSON form that jq programs of profiles and templates see.
    public var json: JSONValue {
        var object: [String: JSONValue] = ["emails": JSONValue(emails)]
        // People have none, and their orders were written before there were any.
        if !hosts.isEmpty { object["hosts"] = JSONValue(hosts) }
        for (key, path) in Self.members { if let text = self[keyPath: path] { object[key] = .string(text) } }
        return .object(object)
    }

    /// Reads the JSON form; members of another kind than text are left out.
    public init(json: JSONValue) {
        self.init(
            emails: json["emails"]?.array?.compactMap(\.string) ?? [],
            hosts: json["hosts"]?.array?.compactMap(\.string) ?? [])
        for (key, path) in Self.members { self[keyPath: path] = json[key]?.string }
    }
}
