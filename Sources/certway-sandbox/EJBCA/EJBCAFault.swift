// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The exceptions of the EJBCA web service as faults (wire/soap.md section 5).
enum EJBCAFault {
    static func exception(_ name: String, _ message: String) -> SOAPFault {
        SOAPFault(.server, message, detail: (name, SOAPRecord().adding("message", message)))
    }

    static func denied(_ message: String) -> SOAPFault { exception("AuthorizationDeniedException", message) }
    static func notFound(_ message: String) -> SOAPFault { exception("NotFoundException", message) }
    static func profile(_ message: String) -> SOAPFault { exception("UserDoesntFullfillEndEntityProfile", message) }
    static func noCA(_ name: String) -> SOAPFault { exception("CADoesntExistsException", "CA \(name) does not exist.") }
    static func alreadyRevoked(_ message: String) -> SOAPFault { exception("AlreadyRevokedException", message) }
    static func approval(_ message: String) -> SOAPFault { exception("ApprovalException", message) }

    /// - Parameter code: the words of EJBCA's ErrorCode; which one belongs to which failure is assumed.
    static func general(_ code: String, _ message: String) -> SOAPFault {
        let content = SOAPRecord()
            .adding("errorCode", .record(SOAPRecord().adding("internalErrorCode", code))).adding("message", message)
        return SOAPFault(.server, message, detail: ("EjbcaException", content))
    }

    static func waiting(approvalID: Int) -> SOAPFault {
        let message = "Added to the approval queue"
        let content = SOAPRecord().adding("approvalId", approvalID).adding("message", message)
        return SOAPFault(.server, message, detail: ("WaitingForApprovalException", content))
    }
}
