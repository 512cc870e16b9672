// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments

/// One call of InvokeCommand: a cmdlet and its parameters (wire/exchange-online.md section 2).
struct CmdletCall: Sendable {
    let call: Call
    let name: String
    private let parameters: [String: JSONValue]

    /// Parameters that any cmdlet takes.
    private static let common: Set<String> = ["erroraction", "warningaction", "resultsize", "confirm", "whatif"]

    /// - Parameter known: names that the cmdlet takes beside the common ones.
    init(_ call: Call, known: [String]) throws(Reply) {
        self.call = call
        guard call.isOfType("application/json") else {
            throw ExchangeError.badParameter("The Content-Type of the request is not supported.")
        }
        guard let input = call.json?["CmdletInput"], let name = input["CmdletName"]?.string else {
            throw ExchangeError.badParameter("The request has no CmdletInput with a CmdletName.")
        }
        self.name = name
        var found: [String: JSONValue] = [:]
        let allowed = Self.common.union(known.map { $0.lowercased() })
        for (key, value) in input["Parameters"]?.object ?? [:] {
            guard allowed.contains(key.lowercased()) else {
                throw ExchangeError.badParameter(
                    "A parameter cannot be found that matches parameter name '\(key)'.")
            }
            found[key.lowercased()] = value
        }
        parameters = found
    }

    /// Names of parameters are found in any case.
    subscript(_ name: String) -> JSONValue? { parameters[name.lowercased()] }

    var identity: String {
        get throws(Reply) {
            guard let identity = self["Identity"]?.string, !identity.isEmpty else {
                throw ExchangeError.badParameter(
                    "Cannot process command because of one or more missing mandatory parameters: Identity.")
            }
            return identity
        }
    }

    /// Which cmdlet a request is for, or nil: the service finds its route by it.
    static func name(in request: ServerRequest) -> String? {
        (try? JSONValue(parsing: request.body))?["CmdletInput"]?["CmdletName"]?.string
    }
}
