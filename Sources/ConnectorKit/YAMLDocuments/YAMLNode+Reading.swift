// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

// Strict reading of one value: a wrong one is noted and nil comes back, so the reader can go on to the next problem.

extension YAMLNode {
    /// What a diagnostic calls this value.
    public var kindName: String { json.kindName }

    /// Text. Plain `5` or `true` are not text, because the next program that reads the file would see them otherwise.
    public func string(at path: String, _ collector: DiagnosticCollector) -> String? {
        let value = json
        if let text = value.string { return text }
        let hint = value.number != nil || value.bool != nil ? "put it in quotes" : nil
        collector.add(self, path, "expected text, found \(found)", hint: hint)
        return nil
    }

    /// A whole number. Each has its range: there is no count that may be anything.
    public func int(at path: String, in range: ClosedRange<Int>, _ collector: DiagnosticCollector) -> Int? {
        if let number = json.int, range.contains(number) { return number }
        collector.add(
            self, path,
            "expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(found)")
        return nil
    }

    public func bool(at path: String, _ collector: DiagnosticCollector) -> Bool? {
        if let flag = json.bool { return flag }
        collector.add(self, path, "expected true or false, found \(found)")
        return nil
    }

    /// A duration. Each has its range, as with whole numbers.
    public func duration(at path: String, in range: ClosedRange<Duration>, _ collector: DiagnosticCollector)
        -> Duration?
    {
        if let duration = scalar.flatMap(Duration.init(text:)), range.contains(duration) { return duration }
        collector.add(
            self, path, "expected a duration from \(range.text), such as \(range.examples), found \(found)")
        return nil
    }

    /// A day that there is, as its midnight, UTC.
    public func day(at path: String, _ collector: DiagnosticCollector) -> Date? {
        if let date = scalar.flatMap(CalendarDay.date) { return date }
        collector.add(self, path, "expected a day such as 2027-07-01, found \(found)")
        return nil
    }

    /// One of the raw values of `Choice`.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        at path: String, of: Choice.Type = Choice.self, _ collector: DiagnosticCollector
    ) -> Choice? {
        let words = Choice.allCases.map(\.rawValue)
        return word(at: path, of: words, collector).flatMap(Choice.init(rawValue:))
    }

    /// One of `words`.
    public func word(at path: String, of words: [String], _ collector: DiagnosticCollector) -> String? {
        if let text = scalar, words.contains(text) { return text }
        let hint = scalar.map { suggestion(for: $0, in: words) } ?? "known: " + words.joined(separator: ", ")
        collector.add(self, path, "expected one of \(words.count) words, found \(found)", hint: hint)
        return nil
    }

    /// The elements of a list with their key paths; a value that is not a list is noted and gives none.
    public func list(at path: String, _ collector: DiagnosticCollector) -> [(node: YAMLNode, path: String)] {
        if let elements { return elements.enumerated().map { ($1, "\(path)[\($0)]") } }
        collector.add(self, path, "expected a list, found \(found)")
        return []
    }

    /// The members of a mapping with free keys, in the order of the file; another value is noted and gives none.
    public func dictionary(
        at path: String, _ collector: DiagnosticCollector
    ) -> [(key: String, node: YAMLNode, path: String)] {
        if let members {
            return members.map { ($0.key.scalar ?? "", $0.value, DottedPath.join(path, $0.key.scalar ?? "")) }
        }
        collector.add(self, path, "expected a mapping, found \(found)")
        return []
    }

    /// Kind and, for short scalars, the value itself. Settings files hold references, not secrets, so quoting is safe.
    private var found: String {
        guard let scalar, !scalar.isEmpty else { return json.isNull ? "nothing" : kindName }
        return scalar.count <= 40 && !scalar.contains("\n") ? "\"\(scalar)\"" : kindName
    }
}
