// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Settings
import YAMLDocuments

extension ProductFacts {
    /// What a template asks that the product does not give, one sentence each: better known before anything is ordered.
    public func objections(to template: TemplateConfiguration, at date: Date) -> [String] {
        misfits(of: template, at: date).map { misfit in
            misfit.option.map { "options.\($0): \(misfit.message)" } ?? misfit.message
        }
    }

    /// As `objections`, each with the key of the template it is about, and below `options` the option.
    public func misfits(of template: TemplateConfiguration, at date: Date) -> [(
        key: String, option: String?, message: String
    )] {
        func known(_ words: [String]) -> String { "known: " + words.joined(separator: ", ") }
        var misfits: [(key: String, option: String?, message: String)] = []
        if !isOffered(at: date) { misfits.append(("product", nil, "it is not offered now")) }
        if !keyTypes.isEmpty, !keyTypes.contains(template.key) {
            misfits.append(
                ("key", nil, "it takes no key of type \(template.key.rawValue); \(known(keyTypes.map(\.rawValue)))"))
        }
        if !purposes.isEmpty, !purposes.contains(template.purpose) {
            misfits.append(
                (
                    "purpose", nil,
                    "it is not for purpose \(template.purpose.rawValue); \(known(purposes.map(\.rawValue)))"
                ))
        }
        if let days = template.validityDays, let validityDays, !validityDays.allows(days) {
            misfits.append(("validityDays", nil, "it is not valid for \(days) days; expected \(validityDays.words)"))
        }
        if options?.isEmpty == true {
            misfits += (template.options.object ?? [:]).keys.sorted().map { ("options", $0, "it has no options") }
        } else if let schema = options {
            let collector = DiagnosticCollector()
            _ = schema.complete(template.options.object ?? [:], file: "", path: "", collector: collector)
            misfits += collector.all.map { problem in
                ("options", problem.keyPath, problem.message + (problem.hint.map { " (\($0))" } ?? ""))
            }
        }
        return misfits
    }
}
