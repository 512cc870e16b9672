// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// What the host calls when it opens the module.
@_cdecl("certway_connector_module")
public func certwayConnectorModule() -> UnsafeMutableRawPointer { ConnectorModule(ExampleConnector.self).export() }
