// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
import Synchronization

/// A clock that several processes share: the machine's, moved. Where it has a file, whoever opens that file has the same time, and
/// a jump is seen by all at once.
///
/// Sleeping takes as long as it says, but a jump forward counts for `uptime`, too: in a simulation a day that was skipped has
/// passed for everybody.
public final class SimulatedClock: ConnectorClock, @unchecked Sendable {
    // The mapped word is only read and written atomically, and is unmapped when nobody has the clock any more.
    private let word: UnsafeMutablePointer<Atomic<Int64>>

    /// Twice the milliseconds by which the time is ahead of the machine's; where it stands still, twice its own milliseconds
    /// since 1970 and one.
    private static let size = MemoryLayout<Int64>.size

    /// A clock for this process alone, which shows the machine's time.
    public init() {
        let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { fatalError("no memory for eight bytes") }
        word = memory.bindMemory(to: Atomic<Int64>.self, capacity: 1)
    }

    /// The clock that a file holds.
    ///
    /// - Parameters:
    ///   - file: eight bytes.
    ///   - moves: whether this process may move it; then the file is made where there is none, readable for its owner alone.
    /// - Throws: `SimulatedClockError`.
    public init(file: String, moves: Bool) throws(SimulatedClockError) {
        let descriptor = open(file, (moves ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SimulatedClockError(file, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size == Self.size || (moves && status.st_size == 0),
            !moves || ftruncate(descriptor, off_t(Self.size)) == 0
        else { throw SimulatedClockError(file, "it is no clock of a simulation, which has \(Self.size) bytes") }
        let memory = mmap(nil, Self.size, PROT_READ | (moves ? PROT_WRITE : 0), MAP_SHARED, descriptor, 0)
        guard let memory, memory != MAP_FAILED else {
            throw SimulatedClockError(file, String(cString: strerror(errno)))
        }
        word = memory.bindMemory(to: Atomic<Int64>.self, capacity: 1)
    }

    deinit { munmap(word, Self.size) }

    public func now() -> Date { Self.time(word.pointee.load(ordering: .relaxed)) }

    public func uptime() -> Duration {
        let value = word.pointee.load(ordering: .relaxed)
        let ahead = value & 1 == 0 ? value >> 1 : (value >> 1) - Self.milliseconds(Date().timeIntervalSince1970)
        return SystemClock().uptime() + .milliseconds(ahead)
    }

    public func sleep(for duration: Duration) async throws { try await SystemClock().sleep(for: duration) }

    /// Whether it shows another time than the machine's.
    public var isMoved: Bool { word.pointee.load(ordering: .relaxed) != 0 }

    /// Lets the time run on from `date`; only for one that may move it.
    public func set(to date: Date) {
        word.pointee.store(Self.milliseconds(date.timeIntervalSince(Date())) << 1, ordering: .relaxed)
    }

    /// Lets the time stand still at `date`.
    public func stop(at date: Date) {
        word.pointee.store(Self.milliseconds(date.timeIntervalSince1970) << 1 | 1, ordering: .relaxed)
    }

    /// Shows the machine's time again.
    public func reset() { word.pointee.store(0, ordering: .relaxed) }

    private static func time(_ value: Int64) -> Date {
        value & 1 == 0
            ? Date().addingTimeInterval(Double(value >> 1) / 1000)
            : Date(timeIntervalSince1970: Double(value >> 1) / 1000)
    }

    private static func milliseconds(_ seconds: TimeInterval) -> Int64 { Int64((seconds * 1000).rounded()) }
}
