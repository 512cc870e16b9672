// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

extension YAMLNode {
    /// A configuration over another: sections take the place of those of the same key, and members of a section that is a list
    /// that of those of the same name. Every value keeps the file and line it stands in.
    ///
    /// - Parameters:
    ///   - stored: what is there already.
    ///   - prunes: whether named members that are only there go.
    /// - Returns: this very node when it is no mapping; the reader says so.
    func merged(over stored: YAMLNode, prunes: Bool) -> YAMLNode {
        guard let members, let old = stored.members else { return json.isNull ? stored : self }
        let own = Set(members.compactMap(\.key.scalar))
        let sections = members.map { key, value in
            (key, key.scalar.flatMap { stored[$0] }.map { value.joined(with: $0, prunes: prunes) } ?? value)
        }
        return YAMLNode(
            .mapping(sections + old.filter { !own.contains($0.key.scalar ?? "") }), file: file, line: line,
            column: column)
    }

    private func joined(with stored: YAMLNode, prunes: Bool) -> YAMLNode {
        guard !prunes, let elements, let old = stored.elements else { return self }
        let names = Set(elements.compactMap { $0["name"]?.scalar })
        let kept = old.filter { !names.contains($0["name"]?.scalar ?? "") }
        return YAMLNode(.sequence(elements + kept), file: file, line: line, column: column)
    }
}
