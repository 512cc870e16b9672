// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Drift
import JSONDocuments

/// A report on differences as it is shown: one that was just made, or the last one that is kept.
struct DriftView {
    /// As programs see it.
    let json: JSONValue
    let findings: [JSONValue]
    let counts: [Kind]
    /// What was not compared, a sentence each.
    let missed: [String]

    /// How many there are of a kind, and what mends them.
    struct Kind {
        let rule: DriftRule
        let count: Int
        /// Those of them of which nothing is to be mended.
        let waiting: Int
        let repair: DriftRepair
        let remedy: String
        /// Where all of them have the same, that; else what it comes from as a rule.
        let cause: String

        /// - Parameter findings: those that are shown, of whatever kind.
        init?(_ json: JSONValue, _ findings: [JSONValue]) {
            guard let kind = json["kind"]?.string.flatMap(DriftKind.init), let count = json["count"]?.int else {
                return nil
            }
            (rule, self.count, waiting) = (DriftRule.of(kind), count, json["waiting"]?.int ?? 0)
            repair = json["repair"]?.string.flatMap(DriftRepair.init) ?? rule.repair
            remedy = json["remedy"]?.string ?? rule.remedy
            let causes = Set(
                findings.filter { $0["kind"]?.string == kind.rawValue }.compactMap { $0["cause"]?.string })
            cause = causes.count == 1 ? causes.first ?? rule.cause : rule.cause
        }
    }

    /// - Parameter wish: of a kept report only these are shown.
    init(_ report: JSONValue, _ wish: DriftWish) {
        func isMeant(_ one: JSONValue) -> Bool {
            guard let kind = one["kind"]?.string.flatMap(DriftKind.init) else {
                // A kind of an earlier version.
                return wish.kinds.isEmpty && wish.sources.isEmpty
            }
            return (wish.kinds.isEmpty || wish.kinds.contains(kind))
                && (wish.sources.isEmpty || wish.sources.contains(DriftRule.of(kind).source))
        }
        func place(_ one: JSONValue) -> Bool {
            wish.sources.isEmpty || one["source"]?.string.flatMap(DriftSource.init).map(wish.sources.contains) ?? false
        }
        var json = report
        let shown = (report["findings"]?.array ?? []).filter(isMeant)
        let kinds = (report["kinds"]?.array ?? []).filter(isMeant)
        counts = kinds.compactMap { Kind($0, shown) }
        findings = shown
        json["findings"] = .array(shown)
        json["kinds"] = .array(kinds)
        json["places"] = .array((report["places"]?.array ?? []).filter(place))
        json["total"] = JSONValue(kinds.reduce(0) { $0 + ($1["count"]?.int ?? 0) })
        self.json = json
        missed = Self.missed(json)
    }

    /// Whether everything that can be compared was.
    var isWhole: Bool { json["whole"]?.bool ?? false }
    var readAt: String { json["readAt"]?.string ?? "" }
    /// Whether there were more than were kept.
    var isCut: Bool { (json["total"]?.int ?? 0) > findings.count }

    /// The gravest that was found; nil for nothing.
    var gravest: DriftSeverity? { counts.map(\.rule.severity).min() }

    private var places: [JSONValue] { json["places"]?.array ?? [] }
    /// Those that were read, or could not be.
    var sources: Set<DriftSource> { Set(places.compactMap { $0["source"]?.string.flatMap(DriftSource.init) }) }
    /// What was compared, at least in part.
    var compared: [String] { places.filter { $0["reason"]?.string == nil }.map(Self.name) }
    /// What there was nothing to compare with, and why.
    var impossible: [String] {
        places.filter { $0["possible"] == false }.map { "\(Self.name($0)): \($0["reason"]?.string ?? "")" }
    }

    /// What of a report could not be read, a sentence each.
    static func missed(_ report: JSONValue) -> [String] {
        (report["places"]?.array ?? []).filter { $0["possible"] != false }.flatMap { place -> [String] in
            let reason = place["reason"]?.string.map { "not compared: \(name(place)): \($0)" }
            let gaps = (place["gaps"]?.array ?? []).compactMap(\.string)
            return [reason].compactMap(\.self) + gaps.map { "compared in part: \(name(place)): \($0)" }
        }
    }

    private static func name(_ place: JSONValue) -> String {
        [place["title"]?.string ?? "", place["name"]?.string ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
