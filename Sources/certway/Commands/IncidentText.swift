// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import JSONDocuments
import Ledger
import Planning

/// What the commands about incidents print.
enum IncidentText {
    private static let named = 20

    static func show(_ preview: IncidentPreview, isStarted: Bool, isDryRun: Bool, _ invocation: Invocation) {
        let count = preview.items.count
        if invocation.wantsJSON {
            Terminal.print(json: preview.json(isStarted: isStarted).text)
        } else {
            Terminal.print(
                "\(Plural(count, "certificate")) of \(Plural(preview.people, "person", "people")), "
                    + "\(Plural(preview.orders, "successor")) to order"
                    + (preview.underWay > 0 ? ", \(preview.underWay) ordered already" : "")
                    + "; deadline \(time(preview.incident.deadline))")
            list(
                preview.clicking,
                "must click, or may have to, because the last proof of the mailbox is older than 30 days or unknown"
            ) {
                $0.proof == .mustClick ? "must click" : "unknown"
            }
            list(preview.leftOut, "cannot be replaced as things are") { $0.reason ?? $0.state.rawValue }
            if !preview.costs.isEmpty {
                Terminal.print("costs \(preview.costs.map(\.text).joined(separator: " and "))")
            }
            if let forecast = preview.forecast {
                let verdict = preview.isInTime == true ? "in time" : "NOT in time"
                Terminal.print(
                    "done about \(time(forecast.end)), \(Int(forecast.perHour.rounded())) an hour, bound by \(forecast.boundBy): \(verdict)"
                )
            }
            if let follows = preview.follows { Terminal.print("\(follows)") }
            if preview.incident.revokesAtDeadline {
                Terminal.print(
                    "AT THE DEADLINE EVERYTHING IS REVOKED, also what has no successor: those people have no certificate then"
                )
            }
        }
        for problem in preview.problems + [CertificateSelection.sentence(unknown: preview.unknown)].compactMap(\.self) {
            Terminal.complain("certway: \(problem)")
        }
        if isStarted {
            if !invocation.wantsJSON {
                Terminal.print(
                    "started: the service or 'certway run --once' carries it out; see 'certway incident show "
                        + "\(preview.incident.name)'")
            }
        } else if isDryRun {
            if !invocation.wantsJSON { Terminal.print("nothing was started (--dry-run)") }
        } else {
            Terminal.complain(
                count == 0
                    ? "certway: no certificate in force is like that: nothing was started"
                    : "certway: nothing was started: --accept \(count) says that you mean these \(Plural(count, "certificate"))"
            )
        }
    }

    static func show(_ progress: IncidentProgress, _ events: [IncidentEvent], _ invocation: Invocation) {
        guard !invocation.wantsJSON else {
            Terminal.print(json: progress.json(events, all: invocation.flag("all")).text)
            return
        }
        let incident = progress.incident
        Terminal.print("incident \(incident.name), \(incident.state.rawValue): \(incident.cause)")
        if let pause = incident.pause { Terminal.print("stands still: \(pause)") }
        let end = incident.endedAt.map { ", ended \(time($0))" } ?? ""
        Terminal.print(
            "started \(time(incident.startedAt)) by \(incident.actor), deadline \(time(incident.deadline))\(end)")
        let wave = progress.wave.map { "; wave \($0)" } ?? ""
        Terminal.print(
            "\(Plural(progress.items.count, "certificate")) of \(Plural(progress.people, "person", "people")): replaced "
                + "\(progress.replaced), revoked or over \(progress.ended), without a successor \(progress.withoutSuccessor); under way \(progress.number(.ordered)); to do "
                + "\(progress.number(.waiting)); the person must click \(progress.number(.clickMissing)); failed "
                + "\(progress.number(.failed)); cannot be replaced \(progress.number(.leftOut))\(wave)")
        if incident.isOpen {
            Terminal.print("\(outlook(progress))")
        }
        let states: [(IncidentItem.State, String)] = [
            (.clickMissing, "wait for the person's click"), (.failed, "do not go on by themselves"),
            (.leftOut, "cannot be replaced"),
        ]
        for (state, what) in states {
            list(progress.items.filter { $0.state == state }, what) { $0.reason ?? "" }
        }
        if invocation.flag("all") {
            var table = TextTable(
                .short("SERIAL NUMBER", 13), .short("USER", 20), .short("TEMPLATE", 8, 1), "STATE",
                .sentence("WHY", lines: 2))
            for item in progress.items {
                table.add(
                    item.serialNumber, item.userPrincipalName, item.template, item.state.rawValue, item.reason ?? "")
            }
            Terminal.print(lines: table.text)
        }
        for event in events { Terminal.print("\(time(event.at))  \(event.message)") }
        for problem in progress.problems { Terminal.complain("certway: \(problem)") }
    }

    static func show(_ list: [IncidentProgress], _ invocation: Invocation) {
        guard !invocation.wantsJSON else {
            Terminal.print(json: JSONValue.array(list.map(\.summary)).text)
            return
        }
        var table = TextTable(
            .short("NAME", 12), "STATE", "DEADLINE", "REPLACED", "REVOKED", .optional("DONE ABOUT", 1))
        for progress in list {
            table.add(
                progress.incident.name, progress.incident.state.rawValue, time(progress.incident.deadline),
                "\(progress.replaced)/\(progress.items.count)", "\(progress.ended)",
                progress.incident.endedAt.map(time) ?? progress.forecast.map { time($0.end) } ?? "")
        }
        Terminal.print(lines: table.isEmpty ? "no incident" : table.text)
    }

    static func show(_ incident: Incident, _ invocation: Invocation) {
        guard !invocation.wantsJSON else {
            Terminal.print(json: incident.json.text)
            return
        }
        let pause = incident.pause.map { ", \($0)" } ?? ""
        Terminal.print(
            "incident \(incident.name): \(incident.state.rawValue)\(pause), deadline \(time(incident.deadline))")
    }

    /// Pace, what would be needed, and the verdict.
    private static func outlook(_ progress: IncidentProgress) -> String {
        var parts: [String] = []
        if let forecast = progress.forecast, forecast.perHour > 0 {
            let range = forecast.range.map { " (\(time($0.lowerBound)) to \(time($0.upperBound)))" } ?? ""
            parts.append(
                "\(Int(forecast.perHour.rounded())) an hour (\(forecast.boundBy)), done about \(time(forecast.end))\(range)"
            )
        }
        let needed = progress.neededPerHour
        if needed > 0, needed.isFinite { parts.append("needed: \(Int(needed.rounded(.up))) an hour") }
        if let isInTime = progress.isInTime { parts.append(isInTime ? "in time" : "NOT IN TIME") }
        return parts.joined(separator: "; ")
    }

    private static func list(_ items: [IncidentItem], _ what: String, _ why: (IncidentItem) -> String) {
        guard !items.isEmpty else { return }
        let people = Plural(items.count, "certificate")
        Terminal.print(lines: "\n\(people): \(what)")
        for item in items.prefix(named) {
            Terminal.print("  \(item.userPrincipalName) (\(item.template)): \(why(item))")
        }
        if items.count > named { Terminal.print("  … and \(items.count - named) more; --output json has all") }
    }

    private static func time(_ date: Date) -> String { date.formatted(.iso8601) }
}
