// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension APISchema {
    public static let setting = APISchema.named(
        "Setting",
        .answer(
            APIField("name", .string, "as in certway.yaml"), APIField("type", .string), APIField("value", .any),
            APIField("set", .boolean, "false where the default is in force"),
            APIField("help", .string, "what it is for, with its default"),
            APIField("changedAt", .nullable(.time), "when its section was changed last")))
}
