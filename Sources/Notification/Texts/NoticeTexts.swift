// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Settings
public import YAMLDocuments

/// The usual words of every event, as the files of a `notices.d` folder have them: `en.yaml` and `de.yaml`.
public struct NoticeTexts: Sendable {
    public typealias Wording = NotificationConfiguration.Wording

    public static let languages = ["en", "de"]
    /// The one for whom nothing says another.
    public static let usual = "en"

    /// The language for somebody, by what the directory says they prefer.
    public static func language(for preferred: String?) -> String {
        preferred?.lowercased().hasPrefix("de") == true ? "de" : usual
    }

    private let wordings: [String: [NoticeEvent: Wording]]

    /// Reads both files; a few milliseconds.
    ///
    /// - Parameter folders: looked at in order; of two files of one name the first counts.
    /// - Throws: `Diagnostics` with everything that is wrong, with file and line; an operator must act.
    public static func read(folders: [String]) throws(Diagnostics) -> NoticeTexts {
        let collector = DiagnosticCollector()
        var wordings: [String: [NoticeEvent: Wording]] = [:]
        for language in languages {
            let name = "\(language).yaml"
            guard let path = folders.map({ "\($0)/\(name)" }).first(where: FileManager.default.fileExists) else {
                collector.add(
                    Diagnostic(
                        file: name, message: "is in none of \(folders.joined(separator: ", "))",
                        hint: "put notices.d of the release beside connectors.d"))
                continue
            }
            do { try TrustedPath.ofThisProcess.check(path, as: .shared) } catch {
                collector.add(Diagnostic(file: path, message: error.message))
                continue
            }
            guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20,
                let text = String(data: data, encoding: .utf8)
            else {
                collector.add(Diagnostic(file: path, message: "cannot be read as UTF-8 text below 1 MB"))
                continue
            }
            wordings[language] = read(try YAMLNode.parse(text, file: path), collector)
        }
        try collector.check()
        return NoticeTexts(wordings: wordings)
    }

    /// Reads one text, for tests and for who writes them.
    public static func read(_ text: String, file: String) throws(Diagnostics) -> [NoticeEvent: Wording] {
        let collector = DiagnosticCollector()
        let wordings = read(try YAMLNode.parse(text, file: file), collector)
        try collector.check()
        return wordings
    }

    private static func read(_ node: YAMLNode, _ collector: DiagnosticCollector) -> [NoticeEvent: Wording] {
        let root = MappingReader(node, collector: collector)
        var wordings: [NoticeEvent: Wording] = [:]
        for event in NoticeEvent.allCases {
            guard let own = root.mapping(event.rawValue) else {
                root.add(event.rawValue, "\(event.rawValue) is missing")
                continue
            }
            wordings[event] = Wording(
                subject: NoticeText.read(own, "subject", for: event), text: NoticeText.read(own, "text", for: event))
            own.finish(known: ["subject", "text"])
        }
        root.finish(known: NoticeEvent.allCases.map(\.rawValue))
        return wordings
    }

    /// The words of an event: those of the configuration, else those of the files.
    public func wording(_ event: NoticeEvent, _ language: String, _ configuration: NotificationConfiguration?)
        -> Wording
    {
        configuration?.event(event).wordings[language] ?? wordings[language]?[event]
            // Both files have every event, or there is no value of this type.
            ?? Wording(subject: NoticeText(event.rawValue), text: NoticeText(""))
    }
}
