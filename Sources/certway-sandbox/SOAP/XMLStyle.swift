// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import XMLDocuments

/// How one message is written. Every style means the same; readers must not notice (wire/soap.md section 9, S6).
struct XMLStyle: Sendable {
    /// Prefix of the envelope's namespace; QNames in fault codes use it.
    var envelopePrefix = "S"
    /// Prefix of the contract's namespace; an empty one makes it the default namespace.
    var contractPrefix = "t"
    /// Base64 in indented lines of 64 characters.
    var wrapsBase64 = false
    /// Optional elements without a value are there, with xsi:nil.
    var writesNil = false
    /// Comments between elements and in texts, CDATA around some texts.
    var isNoisy = false
    /// A DOCTYPE, which SOAP forbids, stands in front.
    var hasDoctype = false

    static func random(_ generator: inout SeededGenerator) -> XMLStyle {
        var style = XMLStyle()
        style.envelopePrefix = ["S", "soap", "env", "SOAP-ENV"].randomElement(using: &generator) ?? "S"
        style.contractPrefix = ["t", "", "ns2", "x"].randomElement(using: &generator) ?? "t"
        style.wrapsBase64 = Bool.random(using: &generator)
        style.isNoisy = Int.random(in: 0..<3, using: &generator) == 0
        return style
    }

    /// An element of the contract with its content, in the order of the schema.
    func element(
        _ namespace: String, _ name: String, _ content: SOAPRecord, fields: [SOAPField], _ contract: SOAPContract
    ) -> SOAPElement {
        let inner = contract.isQualified ? contract.namespace : ""
        var children: [SOAPElement] = []
        for field in fields {
            for option in field.options {
                let values = content.all(option.name)
                children += values.map { element(inner, option, $0, contract) }
                if writesNil, values.isEmpty, field.minimum == 0 {
                    children.append(
                        SOAPElement(inner, option.name, attributes: [.init(name: "xsi:nil", value: "true")]))
                }
            }
        }
        return SOAPElement(namespace, name, children: children)
    }

    private func element(
        _ namespace: String, _ option: SOAPField.Option, _ value: SOAPRecord.Value, _ contract: SOAPContract
    ) -> SOAPElement {
        switch value {
        case .text(let text): SOAPElement(namespace, option.name, text: text)
        case .bytes(let bytes): SOAPElement(namespace, option.name, text: base64(bytes))
        case .record(let record):
            element(
                namespace, option.name, record, fields: contract.fields(ofType: option.type) ?? [], contract)
        }
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let text = Data(bytes).base64EncodedString()
        guard wrapsBase64 else { return text }
        return stride(from: 0, to: text.count, by: 64).map { "\n  " + text.dropFirst($0).prefix(64) }.joined() + "\n"
    }

    /// The envelope around `body`.
    func bytes(_ body: SOAPElement, _ version: SOAPVersion, _ contract: SOAPContract) throws -> [UInt8] {
        let writer = XMLWriter(hasDeclaration: !hasDoctype)
        writer.start("\(envelopePrefix):Envelope")
        writer.declare(envelopePrefix, version.namespace)
        writer.declare(contractPrefix, contract.namespace)
        if writesNil { writer.declare("xsi", "http://www.w3.org/2001/XMLSchema-instance") }
        writer.start("\(envelopePrefix):Body")
        write(body, to: writer, version, contract, isInDefault: contractPrefix.isEmpty)
        writer.end()
        writer.end()
        var text = String(decoding: try writer.finish(), as: UTF8.self)
        if isNoisy {
            for (mark, markup) in Self.noise { text = text.replacing(mark, with: markup) }
        }
        // Text without any value in it.
        return Array((hasDoctype ? "<!DOCTYPE \(envelopePrefix):Envelope>\n" : "").utf8) + Array(text.utf8)
    }

    /// The writer has no comments and no CDATA; characters that nobody uses stand for them until the end.
    private static let noise = [
        ("\u{E000}", "<!-- a <note> -->"), ("\u{E001}", "<![CDATA["), ("\u{E002}", "]]>"),
    ]

    private func write(
        _ element: SOAPElement, to writer: XMLWriter, _ version: SOAPVersion, _ contract: SOAPContract,
        isInDefault: Bool
    ) {
        let prefix: String =
            switch element.namespace {
            case version.namespace: envelopePrefix + ":"
            case contract.namespace where !contractPrefix.isEmpty: contractPrefix + ":"
            default: ""
            }
        writer.start(prefix + element.name)
        // Elements without a namespace must leave the default one.
        let leaves = element.namespace.isEmpty && isInDefault
        if leaves { writer.declare("", "") }
        // And those inside must enter it again.
        let enters = element.namespace == contract.namespace && contractPrefix.isEmpty && !isInDefault
        if enters { writer.declare("", contract.namespace) }
        for attribute in element.attributes { writer.attribute(attribute.name, attribute.value) }
        let text = element.text
        if isNoisy, text.count > 40, !text.contains(where: { "<>&]".contains($0) }) {
            writer.text("\u{E001}\(text.prefix(20))\u{E002}\u{E000}\(text.dropFirst(20))")
        } else {
            writer.text(text)
        }
        for child in element.children {
            if isNoisy { writer.text("\u{E000}") }
            write(child, to: writer, version, contract, isInDefault: (isInDefault && !leaves) || enters)
        }
        writer.end()
    }
}
