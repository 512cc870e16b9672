// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Settings
import YAMLDocuments

extension ProductFacts {
    /// What a template asks that the product does not give, one sentence each: better known before anything is ordered.
    public func objections(to template: TemplateConfiguration, at date: Date) -> [String] {
        func known(_ words: [String]) -> String { "known: " + words.joined(separator: ", ") }
        var objections: [String] = []
        if !isOffered(at: date) { objections.append("it is not offered now") }
        if !keyTypes.isEmpty, !keyTypes.contains(template.key) {
            objections.append("it takes no key of type \(template.key.rawValue); \(known(keyTypes.map(\.rawValue)))")
        }
        if !purposes.isEmpty, !purposes.contains(template.purpose) {
            objections.append("it is not for purpose \(template.purpose.rawValue); \(known(purposes.map(\.rawValue)))")
        }
        if let days = template.validityDays, let validityDays, !validityDays.allows(days) {
            let expected =
                switch validityDays {
                case .range(let range): "from \(range.lowerBound) to \(range.upperBound)"
                case .list(let list): list.map(String.init).joined(separator: ", ")
                }
            objections.append("it is not valid for \(days) days; expected \(expected)")
        }
        if let options {
            let collector = DiagnosticCollector()
            _ = options.complete(
                template.options.object ?? [:], file: "template \(template.name)", path: "options",
                collector: collector)
            objections += collector.all.map { "\($0.keyPath): \($0.message)" + ($0.hint.map { " (\($0))" } ?? "") }
        }
        return objections
    }
}
