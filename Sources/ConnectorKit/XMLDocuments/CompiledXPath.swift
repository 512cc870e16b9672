// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2
internal import Expressions

/// libxml2's form of an expression. Only one thread may use it at a time: the one that took it from the expression.
final class CompiledXPath: @unchecked Sendable {
    // Owned here alone; freed in deinit.
    private let pointer: xmlXPathCompExprPtr

    /// More steps than any sensible expression needs on the largest document we read; about a second.
    private static let stepLimit: UInt = 20_000_000
    /// The same where another thread takes over what runs long.
    private static let stepLimitOfAttempt: UInt = 200_000

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

    private static func code(_ error: xmlError) -> xmlXPathError {
        xmlXPathError(UInt32(max(0, error.code - Int32(XML_XPATH_EXPRESSION_OK.rawValue))))
    }

    /// The library gives XPath errors a number and no words.
    private static func reason(_ error: xmlError) -> String {
        switch Self.code(error) {
        case XPATH_UNDEF_PREFIX_ERROR: "a prefix is not declared"
        case XPATH_UNKNOWN_FUNC_ERROR: "a function is not known"
        case XPATH_UNDEF_VARIABLE_ERROR: "there are no variables"
        case XPATH_INVALID_ARITY: "a function has too many or too few arguments"
        case XPATH_INVALID_TYPE: "a value is of the wrong type"
        case XPATH_UNCLOSED_ERROR, XPATH_UNFINISHED_LITERAL_ERROR: "a text is not closed"
        case XPATH_INVALID_PREDICATE_ERROR: "a predicate is wrong"
        case XPATH_OP_LIMIT_EXCEEDED, XPATH_RECURSION_LIMIT_EXCEEDED:
            "it takes too many steps"
        default: "syntax error" + (error.int1 > 0 ? " at character \(error.int1 + 1)" : "")
        }
    }

    func evaluate(
        _ element: XMLElement, namespaces: [String: String], source: String, attempt: EvaluationAttempt?
    ) throws(XMLError) -> XPathResult {
        guard let context = xmlXPathNewContext(element.tree.pointer) else {
            throw XMLError(.expression, "out of memory")
        }
        defer { xmlXPathFreeContext(context) }
        context.pointee.error = { _, _ in }
        context.pointee.opLimit = attempt == nil ? Self.stepLimit : Self.stepLimitOfAttempt
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
            if Self.code(context.pointee.lastError) == XPATH_OP_LIMIT_EXCEEDED { attempt?.giveUp() }
            let reason = Self.reason(context.pointee.lastError)
            throw XMLError(.expression, "the XPath expression \(source.prefix(100)) fails: \(reason)")
        }
        return XPathResult(taking: object, of: element.tree)
    }
}
