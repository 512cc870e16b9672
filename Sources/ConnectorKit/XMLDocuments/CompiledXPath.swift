// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2

/// libxml2's form of an expression. Not Sendable; the expression's lock keeps it to one thread at a time.
final class CompiledXPath {
    // Owned here alone; freed in deinit.
    private let pointer: xmlXPathCompExprPtr

    /// More steps than any sensible expression needs on the largest document we read; about a second.
    private static let stepLimit: UInt = 20_000_000

    init(_ source: String) throws(XMLError) {
        guard source.utf8.count <= 1 << 14 else { throw XMLError(.expression, "the expression is longer than 16 KiB") }
        guard let context = xmlXPathNewContext(nil) else { throw XMLError(.expression, "out of memory") }
        defer { xmlXPathFreeContext(context) }
        context.pointee.error = { _, _ in }
        guard let pointer = xmlXPathCtxtCompile(context, source) else {
            throw XMLError(.expression, "not an XPath expression: \(Self.reason(context.pointee.lastError))")
        }
        self.pointer = pointer
    }

    deinit { xmlXPathFreeCompExpr(pointer) }

    /// The library gives XPath errors a number and no words.
    private static func reason(_ error: xmlError) -> String {
        switch Int(error.code) - Int(XML_XPATH_EXPRESSION_OK.rawValue) {
        case Int(XPATH_UNDEF_PREFIX_ERROR.rawValue): "a prefix is not declared"
        case Int(XPATH_UNKNOWN_FUNC_ERROR.rawValue): "a function is not known"
        case Int(XPATH_UNDEF_VARIABLE_ERROR.rawValue): "there are no variables"
        case Int(XPATH_INVALID_ARITY.rawValue): "a function has too many or too few arguments"
        case Int(XPATH_INVALID_TYPE.rawValue): "a value is of the wrong type"
        case Int(XPATH_UNCLOSED_ERROR.rawValue), Int(XPATH_UNFINISHED_LITERAL_ERROR.rawValue): "a text is not closed"
        case Int(XPATH_INVALID_PREDICATE_ERROR.rawValue): "a predicate is wrong"
        case Int(XPATH_OP_LIMIT_EXCEEDED.rawValue), Int(XPATH_RECURSION_LIMIT_EXCEEDED.rawValue):
            "it takes too many steps"
        default: "syntax error" + (error.int1 > 0 ? " at character \(error.int1 + 1)" : "")
        }
    }

    func evaluate(
        _ element: XMLElement, namespaces: [String: String], source: String
    ) throws(XMLError) -> XPathResult {
        guard let context = xmlXPathNewContext(element.tree.pointer) else {
            throw XMLError(.expression, "out of memory")
        }
        defer { xmlXPathFreeContext(context) }
        context.pointee.error = { _, _ in }
        context.pointee.opLimit = Self.stepLimit
        context.pointee.node = element.pointer
        // An unknown function is an error like any other; the library itself would also print it.
        xmlXPathRegisterFuncLookup(
            context,
            { data, name, uri in
                let context = data?.assumingMemoryBound(to: xmlXPathContext.self)
                guard xmlHashLookup2(context?.pointee.funcHash, name, uri) == nil else { return nil }
                return { parser, _ in xmlXPathErr(parser, Int32(XPATH_UNKNOWN_FUNC_ERROR.rawValue)) }
            }, context)
        for (prefix, name) in namespaces { xmlXPathRegisterNs(context, prefix, name) }
        guard let object = xmlXPathCompiledEval(pointer, context) else {
            let reason = Self.reason(context.pointee.lastError)
            throw XMLError(.expression, "the XPath expression \(source.prefix(100)) fails: \(reason)")
        }
        return XPathResult(taking: object, of: element.tree)
    }
}
