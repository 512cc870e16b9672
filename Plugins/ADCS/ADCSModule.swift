// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

@_cdecl("certway_connector_module")
public func certwayConnectorModule() -> UnsafeMutableRawPointer { ConnectorModule(ADCSConnector.self).export() }
