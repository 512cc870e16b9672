// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import XMLDocuments

/// The certificate templates that the submit form offers: the only list of them over HTTP.
enum TemplateList {
    /// - Returns: `cn` and name for people, each once, in the order of the page.
    static func read(_ answer: HTTPResponse) -> [CAProduct] {
        guard let document = WebPage(answer).document else { return [] }
        let lists = document.elements("select")
        let named = lists.filter {
            ($0.attribute("name") ?? $0.attribute("id") ?? "").lowercased().contains("template")
        }
        let options = named.isEmpty ? document.elements("option") : named.flatMap(descendants)
        var seen: Set<String> = []
        return options.compactMap { option in
            let title = HTMLDocument.visibleText(option)
            let parts = (option.attribute("value") ?? title).split(separator: ";", omittingEmptySubsequences: false)
            // The value is a record; its second field is the template's cn, the first tells who names the subject.
            let name = String(parts.count > 1 ? parts[1] : parts.first ?? "").trimmingWhitespace
            guard !name.isEmpty, seen.insert(name).inserted else { return nil }
            return CAProduct(id: name, title: title.isEmpty ? name : title)
        }
    }

    private static func descendants(_ element: XMLElement) -> [XMLElement] {
        element.elements.flatMap { ($0.name == "option" ? [$0] : []) + descendants($0) }
    }
}

extension String {
    fileprivate var trimmingWhitespace: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
