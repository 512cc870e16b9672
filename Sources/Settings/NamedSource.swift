// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// A secret or a file that a configuration names: where it is named, and what addresses whoever uses it speaks to.
///
/// Found by the table of keys, so that a setting of a new section is among them as soon as it can be read.
public struct NamedSource: Sendable, Hashable {
    /// Such as `directories.office.bindPassword`.
    public let place: String
    /// A path is the reference of a file.
    public let reference: SecretReference
    /// Whether its content is a secret; other files are certificates, folders and programs.
    public let isSecret: Bool
    /// Where its content may go, or what is proved with it: the section, and every address beside it.
    public let destination: [String: JSONValue]

    public init(place: String, reference: SecretReference, isSecret: Bool, destination: [String: JSONValue]) {
        (self.place, self.reference, self.isSecret, self.destination) = (place, reference, isSecret, destination)
    }

    /// One that was named once, as it is remembered; nil for what is none.
    init?(formerSecret json: JSONValue) {
        guard let reference = json["reference"]?.string.flatMap({ SecretReference($0) }),
            let destination = json["destination"]?.object
        else { return nil }
        self.init(place: "", reference: reference, isSecret: true, destination: destination)
    }

    var formerSecret: JSONValue {
        ["reference": .string("\(reference)"), "destination": .object(destination)]
    }

    /// All of a configuration, as the store and the files hold it.
    ///
    /// - Parameter isPath: whether a setting, by connector and key, is a path of its own.
    public static func all(
        in configuration: JSONValue, isPath: (_ connector: String, _ setting: String) -> Bool
    ) -> [NamedSource] {
        ConfigurationKeys.all.flatMap { key -> [NamedSource] in
            let isSecret = key.type.hasPrefix("secret")
            guard isSecret || key.type == "path", let dot = key.path.lastIndex(of: ".") else { return [] }
            let (owner, name) = (String(key.path[..<dot]), String(key.path[dot...].dropFirst()))
            return mappings(owner.split(separator: "."), in: configuration, at: "").compactMap { place, mapping in
                guard let text = mapping[name]?.string,
                    let reference = SecretReference(isSecret ? text : "file:\(text)")
                else { return nil }
                return NamedSource(
                    place: "\(place).\(name)", reference: reference, isSecret: isSecret,
                    destination: destination(of: owner, mapping, in: configuration))
            }
        } + ofProfiles(configuration, isPath)
    }

    /// What the profiles of backend CAs ask for.
    private static func ofProfiles(
        _ configuration: JSONValue, _ isPath: (_ connector: String, _ setting: String) -> Bool
    ) -> [NamedSource] {
        mappings(["backendCAs[]"], in: configuration, at: "").flatMap { place, backendCA in
            (backendCA["settings"]?.object ?? [:]).sorted { $0.key < $1.key }.compactMap { setting, value in
                guard let text = value.string else { return nil }
                let isFile = isPath(backendCA["connector"]?.string ?? "", setting)
                // Whatever reads as a reference counts as one.
                guard let reference = SecretReference(isFile ? "file:\(text)" : text) else { return nil }
                return NamedSource(
                    place: "\(place).settings.\(setting)", reference: reference, isSecret: !isFile,
                    destination: destination(of: "backendCAs[]", backendCA, in: configuration))
            }
        }
    }

    /// The mappings at a path of the table, with the names of the parts that they are.
    private static func mappings(
        _ path: [Substring], in value: JSONValue, at place: String
    ) -> [(place: String, mapping: JSONValue)] {
        guard let first = path.first else { return [(place, value)] }
        let isList = first.hasSuffix("[]")
        let name = String(isList ? first.dropLast(2) : first)
        guard let member = value[name] else { return [] }
        let here = place.isEmpty ? name : "\(place).\(name)"
        let rest = Array(path.dropFirst())
        guard isList else { return mappings(rest, in: member, at: here) }
        return (member.array ?? []).enumerated().flatMap { index, element in
            mappings(rest, in: element, at: "\(here).\(element["name"]?.string ?? "\(index)")")
        }
    }

    /// Kinds of values that say whom somebody speaks to.
    private static let addresses: Set = ["address", "LDAP address", "mail server"]

    private static func destination(
        of owner: String, _ mapping: JSONValue, in configuration: JSONValue
    ) -> [String: JSONValue] {
        // People sign in where the application does.
        if owner == "console.signIn" {
            return destination(of: "tenant", configuration["tenant"] ?? [:], in: configuration)
        }
        var destination: [String: JSONValue] = ["": .string(owner)]
        for key in ConfigurationKeys.all where addresses.contains(key.type) || key.path.hasSuffix(".tlsRoots") {
            guard let dot = key.path.lastIndex(of: "."), key.path[..<dot] == owner else { continue }
            let name = String(key.path[dot...].dropFirst())
            destination[name] = mapping[name]
        }
        switch owner {
        case "tenant": destination["cloud"] = mapping["cloud"]
        case "backendCAs[]":
            for name in ["connector", "environment"] { destination[name] = mapping[name] }
            for (setting, value) in mapping["settings"]?.object ?? [:] where value.string?.contains("://") == true {
                destination["settings.\(setting)"] = value
            }
        default: break
        }
        return destination
    }
}
