// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CJQ
internal import Glibc

/// A stack for values nested far deeper than the caller's stack would bear: jq frees and prints them by recursion.
///
/// The pages take memory only where they were used. The page at the low end stays closed, so that even this stack cannot
/// be overrun silently.
final class DeepStack {
    private static let size = 256 << 20
    private static let guardSize = 1 << 16
    // Mapped in init, unmapped in deinit, used by nobody else.
    private let base: UnsafeMutableRawPointer

    /// - Returns: nil when the address space is limited too tightly.
    init?() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | Int32(MAP_STACK)
        guard let base = mmap(nil, Self.size, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else {
            return nil
        }
        mprotect(base, Self.guardSize, PROT_NONE)
        self.base = base
    }

    deinit { munmap(base, Self.size) }

    /// Runs `body` to its end on this stack, on the calling thread.
    func run(_ body: () -> Void) {
        withoutActuallyEscaping(body) { body in
            var body = body
            withUnsafeMutablePointer(to: &body) { pointer in
                certway_run_on_stack(
                    base + Self.guardSize, Self.size - Self.guardSize,
                    { context in
                        // The address of the closure just above, which outlives this call.
                        context?.assumingMemoryBound(to: (() -> Void).self).pointee()
                    }, pointer)
            }
        }
    }
}
