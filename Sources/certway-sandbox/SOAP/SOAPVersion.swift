// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The two versions of SOAP and what differs between them on the wire (wire/soap.md section 1).
enum SOAPVersion: Sendable, CaseIterable {
    case v11, v12

    var namespace: String {
        switch self {
        case .v11: "http://schemas.xmlsoap.org/soap/envelope/"
        case .v12: "http://www.w3.org/2003/05/soap-envelope"
        }
    }

    var mediaType: String { self == .v11 ? "text/xml" : "application/soap+xml" }

    /// The namespace of the binding in a WSDL.
    var bindingNamespace: String {
        self == .v11 ? "http://schemas.xmlsoap.org/wsdl/soap/" : "http://schemas.xmlsoap.org/wsdl/soap12/"
    }
}
