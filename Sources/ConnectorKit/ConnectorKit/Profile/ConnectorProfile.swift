public struct ConnectorProfile: Sendable {}
