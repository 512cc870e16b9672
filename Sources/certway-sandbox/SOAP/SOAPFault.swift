// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A refusal; the version of the request decides how it is written (wire/soap.md section 1).
struct SOAPFault: Error, Sendable {
    enum Code: Sendable {
        case versionMismatch, mustUnderstand, client, server

        func word(_ version: SOAPVersion) -> String {
            switch (self, version) {
            case (.versionMismatch, _): "VersionMismatch"
            case (.mustUnderstand, _): "MustUnderstand"
            case (.client, .v11): "Client"
            case (.client, .v12): "Sender"
            case (.server, .v11): "Server"
            case (.server, .v12): "Receiver"
            }
        }
    }

    let code: Code
    let text: String
    /// The one element of the detail: its name in the contract's namespace, and what is in it.
    var detail: (name: String, content: SOAPRecord)?

    init(_ code: Code, _ text: String, detail: (name: String, content: SOAPRecord)? = nil) {
        self.code = code
        self.text = text
        self.detail = detail
    }

    func status(_ version: SOAPVersion) -> Int { version == .v12 && code == .client ? 400 : 500 }

    func element(_ version: SOAPVersion, contract: SOAPContract, style: XMLStyle) -> SOAPElement {
        let envelope = version.namespace
        // The prefix of the value is one that `XMLStyle` declares.
        let value = "\(style.envelopePrefix):\(code.word(version))"
        var details: [SOAPElement] = []
        if let detail {
            let fields = contract.faults.first { $0.name == detail.name }?.fields ?? []
            details = [style.element(contract.namespace, detail.name, detail.content, fields: fields, contract)]
        }
        guard version == .v12 else {
            var parts = [SOAPElement("", "faultcode", text: value), SOAPElement("", "faultstring", text: text)]
            if !details.isEmpty { parts.append(SOAPElement("", "detail", children: details)) }
            return SOAPElement(envelope, "Fault", children: parts)
        }
        let language = SOAPElement.Attribute(name: "xml:lang", value: "en")
        var parts = [
            SOAPElement(envelope, "Code", children: [SOAPElement(envelope, "Value", text: value)]),
            SOAPElement(
                envelope, "Reason", children: [SOAPElement(envelope, "Text", attributes: [language], text: text)]),
        ]
        if !details.isEmpty { parts.append(SOAPElement(envelope, "Detail", children: details)) }
        return SOAPElement(envelope, "Fault", children: parts)
    }
}
