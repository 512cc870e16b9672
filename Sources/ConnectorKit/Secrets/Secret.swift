// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Bytes nobody may read by accident: a password, an API key, a private key in clear.
///
/// The bytes lie in one buffer (`SecretMemory`) that is erased when the last owner lets go. A secret prints as `•••`, is not
/// Codable and gives its bytes only inside a closure. Honest limit: a `String` made from it is a copy that lies anywhere and is
/// erased when it is freed, in a program with CWipingHeap; so `revealed` is for the edges where a C library or a header line
/// needs text, and nothing keeps it.
public final class Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    // Never written after init and freed only in deinit, so sharing it between threads is a shared read.
    nonisolated(unsafe) private let buffer: UnsafeMutableRawBufferPointer

    /// Copies `bytes`; erasing the original is the caller's duty.
    public init(_ bytes: some Collection<UInt8>) {
        buffer = SecretMemory.allocate(bytes.count)
        buffer.copyBytes(from: bytes)
        count = bytes.count
    }

    /// Has `fill` write the bytes where they stay, so that no copy of them is made.
    ///
    /// - Parameters:
    ///   - capacity: how many bytes there is room for.
    ///   - fill: returns how many it has written from the beginning on.
    public init(capacity: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows {
        let room = SecretMemory.allocate(capacity)
        do {
            count = min(try fill(UnsafeMutableRawBufferPointer(rebasing: room[..<capacity])), capacity)
        } catch {
            SecretMemory.free(room)
            throw error
        }
        buffer = room
    }

    public convenience init(_ text: String) { self.init(text.utf8) }

    /// Number of secret bytes.
    public let count: Int

    public var isEmpty: Bool { count == 0 }

    /// Runs `body` with the bytes; the pointer must not leave the closure.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }

    /// The secret as text, for the edges that need it. To be let go at once.
    public var revealed: String { withBytes { String(decoding: $0, as: UTF8.self) } }

    public var description: String { "•••" }
    public var debugDescription: String { "•••" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    deinit { SecretMemory.free(buffer) }
}
