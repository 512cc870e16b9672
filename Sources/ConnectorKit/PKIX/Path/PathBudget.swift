// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How much work one certification path may cost. It is counted, not timed, so that the answer is the same on every machine.
///
/// A step is a comparison of a name, a thousandth of a millisecond or so; a signature counts as `signatureSteps` of them.
public struct PathBudget: Sendable, Hashable {
    /// A real path costs some hundred steps; these end within half a second.
    public static let standard = PathBudget(steps: 250_000, bytes: 2 << 20)
    static let signatureSteps = 100
    /// Certificates from the leaf to the trust anchor.
    static let longestPath = 64

    /// Steps that are left.
    public var steps: Int
    /// Of all certificates that may be looked at, in DER.
    public var bytes: Int

    public init(steps: Int, bytes: Int) {
        self.steps = steps
        self.bytes = bytes
    }

    /// - Throws: `PKIXError.tooCostly`, and then nothing is left.
    mutating func spend(_ count: Int) throws {
        do { try spend(ifAffordable: count) } catch {
            steps = 0
            throw error
        }
    }

    /// As `spend`, but what is too much costs nothing.
    mutating func spend(ifAffordable count: Int) throws {
        guard count <= steps else {
            throw PKIXError(
                .tooCostly, "the certificates that came with it have more paths, names or policies than are looked at")
        }
        steps -= count
    }

    /// - Throws: `PKIXError.tooCostly` when the certificates are too large to be looked at.
    func requireRoom(for certificates: some Sequence<Certificate>) throws {
        let size = certificates.reduce(0) { $0 + $1.der.count }
        guard size <= bytes else {
            throw PKIXError(
                .tooCostly, "the certificates that came with it have \(size) bytes, at most \(bytes) are looked at")
        }
    }
}
