// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The changes of an enrollment group as a stream; holds one page in memory.
public struct MemberChanges: AsyncSequence, Sendable {
    public typealias Element = EnrollmentMember

    let mirror: DirectoryMirror
    let root: String
    let start: MemberPosition
    let pageSize: Int

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(changes: self, position: start) }

    public struct AsyncIterator: AsyncIteratorProtocol {
        let changes: MemberChanges
        var position: MemberPosition
        var page: ArraySlice<EnrollmentMember> = []

        /// - Throws: `StoreError`.
        public mutating func next() async throws -> EnrollmentMember? {
            if page.isEmpty {
                page =
                    try await changes.mirror.members(of: changes.root, after: position, limit: changes.pageSize)[...]
            }
            guard let member = page.popFirst() else { return nil }
            position = member.position
            return member
        }
    }
}
