// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// What the host looks for in the library.
@_cdecl("certway_connector_module")
public func certwayConnectorModule() -> UnsafeMutableRawPointer { ConnectorModule(CMCConnector.self).export() }
