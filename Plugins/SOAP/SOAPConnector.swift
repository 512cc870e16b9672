// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import ProfileOperations

/// Connects to any CA with a SOAP web service, as its profile describes it. This module knows no CA and reads no WSDL.
public struct SOAPConnector: OperationConnector {
    public typealias Format = SOAPFormat

    public static let kind: ConnectorKind = "soap"
    public let engine: OperationEngine

    public init(engine: OperationEngine) { self.engine = engine }
}
