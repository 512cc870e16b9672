// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Refusals of the Exchange admin endpoint (wire/exchange-online.md section 5).
enum ExchangeError {
    private static let management = "Microsoft.Exchange.Configuration.Tasks."

    /// - Parameter kind: class of the exception, whole.
    static func reply(_ status: Int, _ code: String, kind: String, _ message: String) -> Reply {
        .json(
            [
                "error": [
                    "code": .string(code), "message": "Error executing cmdlet",
                    "details": [
                        [
                            "code": "Context", "target": "",
                            "message": .string("Ex\(GUID.random().prefix(6).uppercased())|\(kind)|\(message)"),
                        ]
                    ],
                    "innererror": [
                        "message": "Error executing cmdlet",
                        "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
                        "internalexception": ["message": .string(message), "type": .string(kind)],
                    ],
                ]
            ], status: status)
    }

    static func notFound(_ identity: String) -> Reply {
        reply(
            404, "NotFound", kind: management + "ManagementObjectNotFoundException",
            "The operation couldn't be performed because object '\(identity)' couldn't be found on 'SANDBOX01'.")
    }

    static func badParameter(_ message: String) -> Reply {
        reply(
            400, "BadRequest", kind: "System.Management.Automation.ParameterBindingException", message)
    }

    /// The same for a cmdlet that does not exist and for one that the role does not give.
    static func unknownCmdlet(_ name: String) -> Reply {
        reply(
            404, "NotFound", kind: "System.Management.Automation.CommandNotFoundException",
            "The term '\(name)' is not recognized as the name of a cmdlet, function, script file, or operable program.")
    }

    static func outsideWriteScope(_ name: String, action: String) -> Reply {
        reply(
            400, "BadRequest", kind: management + "InvalidOperationException",
            "The operation on mailbox \"\(name)\" failed because it's out of the current user's write scope. The action "
                + "'\(action)' can't be performed on the object '\(name)' because the object is being synchronized from "
                + "your on-premises organization. This action should be performed on the object in your on-premises "
                + "organization.")
    }
}

/// Failures that have nothing to do with what was asked.
struct ExchangeDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply {
        if Bool.random(using: &generator) {
            return ExchangeError.reply(
                500, "InternalServerError", kind: "System.InvalidOperationException",
                "You have reached the maximum number of concurrent requests per tenant. Please wait and try again")
        }
        return ExchangeError.reply(
            429, "TooManyRequests", kind: "System.Web.HttpException", "The request is throttled."
        ).adding("Retry-After", "1").adding("Rate-Limit-Remaining", "0")
            .adding("Rate-Limit-Reset", Timestamp.utc(SandboxClock.world.now.addingTimeInterval(1)))
    }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: .text("<html><body>Service Unavailable</body></html>", type: "text/html", status: 503)
        case 1: .text("", status: 504)
        default: .text("Request timed out", status: 408)
        }
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply {
        .text("The requested resource does not support http method '\(method)'.", status: 405)
    }

    func failure(status: Int) -> Reply {
        ExchangeError.reply(status, "InternalServerError", kind: "System.Exception", "A failure was ordered.")
    }

    func dress(_ reply: Reply, for call: Call) -> Reply {
        reply.adding("request-id", call.request.header("client-request-id") ?? GUID.random())
    }
}
