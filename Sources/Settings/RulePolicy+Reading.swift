// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Rules
import YAMLDocuments

extension RulePolicy {
    /// Reads the mapping `rules` of a backend CA; what is wrong is noted. Whether there is a rule of an id is for who has the rule files.
    init(_ reader: MappingReader) {
        self.init()
        let words = RuleSeverity.allCases.map(\.rawValue)
        for (key, node, path) in reader.dictionary("rules") ?? [] {
            guard key != "issued" else {
                holdsIssued = node.word(at: path, of: ["remark", "hold"], reader.collector) == "hold"
                continue
            }
            guard let severity = node.word(at: path, of: words, reader.collector).flatMap(RuleSeverity.init(rawValue:))
            else { continue }
            if let of = RuleSeverity(rawValue: key) { severities[of] = severity } else { rules[key] = severity }
        }
    }
}
