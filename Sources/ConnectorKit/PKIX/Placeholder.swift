public struct Certificate: Sendable {}
public struct CertificateSigningRequest: Sendable {}
