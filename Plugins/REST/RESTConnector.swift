// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import ProfileOperations

/// Connects to any CA with a REST interface, as its profile describes it. This module knows no CA.
public struct RESTConnector: OperationConnector {
    public typealias Format = JSONFormat

    public static let kind: ConnectorKind = "rest"
    public let engine: OperationEngine

    public init(engine: OperationEngine) { self.engine = engine }
}
