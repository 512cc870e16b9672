// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Settings
import YAMLDocuments

/// What a file that is applied means for templates that a command has taken to another CA: an older file must not take them back unnoticed.
struct SwitchedTemplates {
    /// Those that the file would take back.
    private(set) var undone: [CASwitch] = []
    /// What is remembered of each from then on; nil to forget it.
    var remembered: [String: CASwitch?] = [:]
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - switches: those on record.
    ///   - changes: what the file does.
    init(_ switches: [CASwitch], _ changes: [ConfigurationStore.Change]) {
        for change in switches {
            guard
                let document = changes.first(where: { $0.section == "templates" && $0.name == change.template }),
                document.isEffective
            else { continue }
            guard let body = document.body else {
                remembered[change.template] = .some(nil)
                continue
            }
            let isBegun = change.begunAt != nil
            if change.names(isBegun ? \.next : \.former, in: body) { continue }
            remembered[change.template] = .some(nil)
            if isBegun, change.names(\.former, in: body) {
                undone.append(change)
                warnings.append(
                    "template \(change.template): its switch to \(change.nextCA) is undone; what \(change.nextCA) has given stays in use "
                        + "until it is renewed")
            } else {
                warnings.append(
                    "template \(change.template): what the file says takes the place of its switch to \(change.nextCA)"
                        + (isBegun
                            ? ", and the way back to \(change.formerCA) is no longer on record" : ", which was to come")
                )
            }
        }
    }

    /// Why the file is not applied, and what to do instead.
    func refusals(_ file: String) -> [String] {
        undone.map { change in
            let day = change.begunAt.map(CalendarDay.text) ?? ""
            func members(_ side: [String: JSONValue]) -> String {
                side.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.isNull ? "(nothing)" : $0.value.text)" }
                    .joined(separator: ", ")
            }
            return
                "template \(change.template) was switched on \(day) by \(change.actor) from {\(members(change.former))} to "
                + "{\(members(change.next))}, and the file has it as before: write the latter into the file ('certway template show "
                + "\(change.template)'), or go back by 'certway template switch-ca \(change.template) --back'; --undo-switch "
                + "applies the file as it is"
        }
    }
}
