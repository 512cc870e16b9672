// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The last look before something leaves that is not to be done twice.
///
/// Whoever works on something has it for a while, and the process may stand still for any time: a machine is suspended, moved or
/// starved. When it goes on, another node has taken the work up and done it, and what was still waiting here (for a connection, for
/// the end of a handshake) must not follow. So it is asked where the bytes go out, and nowhere else in time.
///
/// A class, because Swift 6.3 with optimisation finds no metadata for a closure as the value of a task.
public final class Departure: Sendable {
    /// That of what the present task works on; nil where nobody else could have taken it up.
    @TaskLocal public static var current: Departure?

    /// Why something did not leave.
    public static let refusal =
        "this process stood still for longer than what it works on was kept for it: nothing was sent"

    private let look: @Sendable () -> Bool

    /// - Parameter look: whether what is worked on is still one's own; called on any thread.
    public init(_ look: @escaping @Sendable () -> Bool) { self.look = look }

    public var isAllowed: Bool { look() }
}
