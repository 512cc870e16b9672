// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Gathers everything wrong with a file while it is read, so that all of it can be shown at once. Made for one reading
/// in one task.
public final class DiagnosticCollector {
    public private(set) var all: [Diagnostic] = []

    public init() {}

    public var isEmpty: Bool { all.isEmpty }

    public func add(_ diagnostic: Diagnostic) { all.append(diagnostic) }
    public func add(contentsOf diagnostics: [Diagnostic]) { all.append(contentsOf: diagnostics) }

    /// Notes that `node` is wrong.
    ///
    /// - Parameters:
    ///   - message: what was found and what was expected; lower case, no full stop.
    ///   - keyPath: dotted path of the value, such as `limits[0].per`.
    ///   - hint: the next step.
    public func add(_ node: YAMLNode, _ keyPath: String, _ message: String, hint: String? = nil) {
        all.append(node.diagnostic(message, keyPath: keyPath, hint: hint))
    }

    /// Throws what was gathered, in the order of the lines; nothing when there is none.
    public func check() throws(Diagnostics) {
        guard all.isEmpty else { throw Diagnostics(sorted) }
    }

    /// What was gathered, in the order of the lines.
    public var sorted: [Diagnostic] {
        all.enumerated().sorted { left, right in
            (left.element.line ?? 0, left.element.column ?? 0, left.offset)
                < (right.element.line ?? 0, right.element.column ?? 0, right.offset)
        }.map(\.element)
    }
}
