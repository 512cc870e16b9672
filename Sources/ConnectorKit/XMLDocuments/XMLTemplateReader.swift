// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2
internal import Expressions
internal import JSONDocuments
internal import YAMLDocuments

/// Parses the XML of a template, with a mark in place of every hole.
///
/// The marks are characters for private use, which XML allows in text and attribute values and nowhere else: a hole in a
/// name is not well-formed.
struct XMLTemplateReader {
    let library: ExpressionLibrary
    let node: YAMLNode
    let keyPath: String
    let collector: DiagnosticCollector
    let holes: [JQProgram]

    private static let begin: Unicode.Scalar = "\u{E000}"
    private static let end: Unicode.Scalar = "\u{E001}"

    /// The text with marks; nil where it uses the marks itself.
    static func marked(_ template: Template) -> (text: String, holes: [JQProgram])? {
        var text = ""
        var holes: [JQProgram] = []
        for part in template.parts {
            switch part {
            case .text(let literal):
                if literal.unicodeScalars.contains(where: { $0 == begin || $0 == end }) { return nil }
                text += literal
            case .hole(let program):
                text += "\(begin)\(holes.count)\(end)"
                holes.append(program)
            }
        }
        return (text, holes)
    }

    func content(of element: XMLElement) -> [XMLTemplate.Node] {
        var nodes: [XMLTemplate.Node] = []
        for child in XMLElement.siblings(from: element.pointer.pointee.children) {
            switch child.pointee.type {
            case XML_ELEMENT_NODE: nodes.append(.element(self.element(XMLElement(child, in: element.tree))))
            case XML_TEXT_NODE:
                let text = LibXML.string(child.pointee.content) ?? ""
                // The white space of an indented file is no part of the message.
                if text.contains(where: { !$0.isWhitespace }) { nodes.append(.text(parts(text))) }
            case XML_COMMENT_NODE: break
            default: note("only elements, text and comments are allowed", line: Int(xmlGetLineNo(child)))
            }
        }
        return nodes
    }

    private func element(_ element: XMLElement) -> XMLTemplate.Element {
        if element.namespace == XMLTemplate.namespace {
            note("there is no element c:\(element.name)", line: element.line, hint: "c:each and c:if are attributes")
        }
        var result = XMLTemplate.Element(
            name: Self.qualified(element.name, LibXML.string(element.pointer.pointee.ns?.pointee.prefix)),
            declarations: declarations(element), attributes: [], content: content(of: element))
        for attribute in element.attributes {
            guard attribute.namespace == XMLTemplate.namespace else {
                result.attributes.append(
                    (Self.qualified(attribute.name, attribute.prefix), parts(attribute.value)))
                continue
            }
            switch attribute.name {
            case "each": result.each = program(attribute.value, element.line)
            case "if": result.condition = program(attribute.value, element.line)
            default:
                note("there is no c:\(attribute.name)", line: element.line, hint: "known: c:each, c:if")
            }
        }
        return result
    }

    private func program(_ source: String, _ line: Int) -> JQProgram? {
        if source.unicodeScalars.contains(Self.begin) {
            note("c:each and c:if are jq programs without ${ }", line: line)
            return nil
        }
        return library.add(source, node: place(line), keyPath: keyPath, collector: collector)
    }

    private func declarations(_ element: XMLElement) -> [(prefix: String, uri: String)] {
        var declarations: [(prefix: String, uri: String)] = []
        var next = element.pointer.pointee.nsDef
        while let declaration = next {
            let uri = LibXML.string(declaration.pointee.href) ?? ""
            if uri.unicodeScalars.contains(Self.begin) { note("a namespace cannot have holes", line: element.line) }
            declarations.append((LibXML.string(declaration.pointee.prefix) ?? "", uri))
            next = declaration.pointee.next
        }
        return declarations
    }

    /// Text taken apart at the marks.
    private func parts(_ text: String) -> [Template.Part] {
        let pieces = text.unicodeScalars.split(separator: Self.begin, omittingEmptySubsequences: false)
        return pieces.enumerated().flatMap { index, piece -> [Template.Part] in
            let end = index == 0 ? nil : piece.firstIndex(of: Self.end)
            let hole = end.flatMap { Int(String(piece[..<$0])) }.map { [Template.Part.hole(holes[$0])] } ?? []
            let rest = String(end.map { piece[piece.index(after: $0)...] } ?? piece)
            return hole + (rest.isEmpty ? [] : [.text(rest)])
        }
    }

    private static func qualified(_ name: String, _ prefix: String?) -> String {
        prefix.map { "\($0):\(name)" } ?? name
    }

    /// The place of a line of the template in the file; block text begins on the line after its indicator.
    private func place(_ line: Int) -> YAMLNode {
        let isBlock = if case .scalar(let text, false) = node.content { text.contains("\n") } else { false }
        return YAMLNode(
            .scalar("", isPlain: true), file: node.file, line: node.line + line - (isBlock ? 0 : 1), column: 1)
    }

    func note(_ message: String, line: Int, hint: String? = nil) {
        collector.add(place(line), keyPath, message, hint: hint)
    }
}
