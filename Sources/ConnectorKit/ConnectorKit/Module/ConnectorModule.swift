// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

@_exported public import CConnectorModule

/// What a module hands the host: the connector type, found through the exported symbol `certway_connector_module`.
///
/// A module's whole entry code is
///
///     @_cdecl("certway_connector_module")
///     public func certwayConnectorModule() -> UnsafeMutableRawPointer { ConnectorModule(MyConnector.self).export() }
public final class ConnectorModule: Sendable {
    /// Name of the exported C function that returns a retained module.
    public static let entryPoint = "certway_connector_module"

    public let connectorType: any CertificateAuthorityConnector.Type
    /// The marker as compiled into the module; see CConnectorModule.h.
    public let marker: String

    @_alwaysEmitIntoClient
    public convenience init(_ connectorType: any CertificateAuthorityConnector.Type) {
        // Emitted into the module, so the marker text lies in the module's own file.
        self.init(connectorType, marker: certway_module_marker())
    }

    public init(_ connectorType: any CertificateAuthorityConnector.Type, marker: UnsafePointer<CChar>) {
        self.connectorType = connectorType
        self.marker = String(cString: marker)
    }

    /// A retained pointer for the host, which takes it with `ConnectorModule(taking:)`.
    public func export() -> UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

    /// Takes over the reference that `export` gave away.
    public static func take(_ pointer: UnsafeMutableRawPointer) -> ConnectorModule {
        Unmanaged<ConnectorModule>.fromOpaque(pointer).takeRetainedValue()
    }
}
