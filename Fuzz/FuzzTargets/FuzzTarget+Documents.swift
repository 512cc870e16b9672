// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ADCSPlugin
import CMCPlugin
import ConnectorKit
import ExternalPlugin
import JSONDocuments
import LocalCAPlugin
import RESTPlugin
import SOAPPlugin
import XMLDocuments
import YAMLDocuments

extension FuzzTarget {
    /// Connector profiles, with every module that has sections of its own.
    static let profile = FuzzTarget(
        name: "profile", title: "connector profiles, the sections of each module included",
        words: ProfileKey.common.map(\.path) + RESTConnector.profileKeys.map(\.path)
    ) { bytes in
        guard let text = String(validating: bytes, as: UTF8.self),
            let (profile, _) = try? ConnectorProfile.examine(text, file: "fuzz.yaml")
        else { return }
        let modules: [any CertificateAuthorityConnector.Type] = [
            RESTConnector.self, SOAPConnector.self, CMCConnector.self, ADCSConnector.self, LocalCAConnector.self,
            ExternalConnector.self,
        ]
        for module in modules { for problem in module.diagnose(profile) { _ = problem.description } }
    }

    static let json = FuzzTarget(
        name: "json", title: "JSON documents",
        words: ["null", "true", "1e308", "\\ud83d\\ude00", "NaN", "nan", "9007199254740993", "1e400"]
    ) { bytes in
        guard let value = try? JSONValue(parsing: bytes) else { return }
        let text = value.text
        guard let again = try? JSONValue(parsing: text) else { fatalError("cannot read back \(text)") }
        demand(again.text == text, "\(text) became \(again.text)")
    }

    static let xml = FuzzTarget(
        name: "xml", title: "XML documents and XPath over them",
        words: ["<!DOCTYPE", "<!ENTITY", "<![CDATA[", "xmlns:", "xsi:nil", "href=\"#", "&amp;", "&#x", "<?xml"]
    ) { bytes in
        guard let document = try? XMLDocument(parsing: bytes) else { return }
        demand(!document.xml.contains("<!DOCTYPE"), "a DOCTYPE was accepted")
        for path in paths {
            _ = try? path.strings(in: document.root)
            _ = try? path.string(in: document.root)
        }
        guard let again = try? XMLDocument(parsing: document.xml.utf8) else { fatalError("cannot read back") }
        demand(again.root.name == document.root.name, "another root came back")
    }

    static let html = FuzzTarget(
        name: "html", title: "HTML pages", words: ["<a href=", "certnew.cer?ReqID=", "<option", "<script>", "charset="]
    ) { bytes in
        for encoding in [nil, "windows-1252"] {
            guard let page = try? HTMLDocument(parsing: bytes, encoding: encoding) else { continue }
            _ = (page.text, page.links, page.elements("option").map { $0.attribute("value") })
        }
    }

    private static let paths = ["//*", "/*/*[1]/@*", "string(//*[local-name()='Fault'])"].compactMap {
        try? XPathExpression($0)
    }
}
