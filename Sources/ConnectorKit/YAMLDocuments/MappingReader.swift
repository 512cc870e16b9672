// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// Strict reading of one mapping: remembers which keys were asked for, and `finish` notes all others with the nearest
/// known one. A missing or wrong value is noted in the collector and comes back as nil, false or an empty value, so that
/// one reading finds everything; whoever reads throws the collector's content at the end.
public final class MappingReader {
    public let node: YAMLNode
    /// Dotted path of the mapping itself; empty for the document.
    public let path: String
    public let collector: DiagnosticCollector
    private let values: [String: YAMLNode]
    private let isMapping: Bool
    private var known: [String] = []

    /// - Parameter node: anything; another value than a mapping is noted and read as an empty one.
    public init(_ node: YAMLNode, path: String = "", collector: DiagnosticCollector) {
        self.node = node
        self.path = path
        self.collector = collector
        isMapping = node.members != nil || node.json.isNull
        let members = node.json.isNull ? [] : node.dictionary(at: path, collector)
        values = Dictionary(members.map { ($0.key, $0.node) }, uniquingKeysWith: { $1 })
    }

    /// The keys of the file, in its order.
    public var keys: [String] { node.members?.compactMap(\.key.scalar) ?? [] }

    public func path(of key: String) -> String { DottedPath.join(path, key) }

    /// Whether the key is there; it counts as asked for.
    public func has(_ key: String) -> Bool { node(key) != nil }

    /// The raw value.
    public func node(_ key: String) -> YAMLNode? {
        if !known.contains(key) { known.append(key) }
        return values[key]
    }

    public func requiredNode(_ key: String) -> YAMLNode? {
        if let value = node(key) { return value }
        // Of what is no mapping at all, that is all there is to say.
        if isMapping { collector.add(node, path(of: key), "\(key) is missing") }
        return nil
    }

    public func string(_ key: String) -> String? { node(key)?.string(at: path(of: key), collector) }

    /// Text that must be there and not be empty; `""` when it is noted as missing.
    public func requiredString(_ key: String) -> String {
        guard let value = requiredNode(key), let text = value.string(at: path(of: key), collector) else { return "" }
        if text.isEmpty { collector.add(value, path(of: key), "\(key) is empty") }
        return text
    }

    public func int(_ key: String, in range: ClosedRange<Int>) -> Int? {
        node(key)?.int(at: path(of: key), in: range, collector)
    }

    public func bool(_ key: String) -> Bool? { node(key)?.bool(at: path(of: key), collector) }

    public func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        node(key)?.duration(at: path(of: key), in: range, collector)
    }

    public func day(_ key: String) -> Date? { node(key)?.day(at: path(of: key), collector) }

    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, of: Choice.Type = Choice.self
    ) -> Choice? {
        node(key)?.choice(at: path(of: key), of: Choice.self, collector)
    }

    public func strings(_ key: String) -> [String]? {
        list(key)?.compactMap { $0.node.string(at: $0.path, collector) }
    }

    /// The elements of a list with their key paths; nil when the key is absent.
    public func list(_ key: String) -> [(node: YAMLNode, path: String)]? {
        node(key)?.list(at: path(of: key), collector)
    }

    /// The members of a mapping with free keys; nil when the key is absent.
    public func dictionary(_ key: String) -> [(key: String, node: YAMLNode, path: String)]? {
        node(key)?.dictionary(at: path(of: key), collector)
    }

    /// A reader of an inner mapping; nil when the key is absent.
    public func mapping(_ key: String) -> MappingReader? {
        node(key).map { MappingReader($0, path: path(of: key), collector: collector) }
    }

    /// Readers of a list of mappings; empty when the key is absent.
    public func mappings(_ key: String) -> [MappingReader] {
        (list(key) ?? []).map { MappingReader($0.node, path: $0.path, collector: collector) }
    }

    public func json(_ key: String) -> JSONValue? { node(key)?.json }

    /// Notes something wrong with the value of `key`, or with the mapping where the key is absent.
    public func add(_ key: String, _ message: String, hint: String? = nil) {
        collector.add(values[key] ?? node, path(of: key), message, hint: hint)
    }

    /// Notes every key that nobody asked for. Call it last.
    ///
    /// - Parameter known: the keys that count as known instead, where they are declared elsewhere.
    public func finish(known declared: [String]? = nil) {
        let known = declared ?? known
        for member in node.members ?? [] {
            guard let key = member.key.scalar, !known.contains(key) else { continue }
            collector.add(member.key, path(of: key), "unknown key \(key)", hint: suggestion(for: key, in: known))
        }
    }
}
