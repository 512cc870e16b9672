public protocol HTTPClient: Sendable {}
