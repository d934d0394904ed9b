"""One file for each type of record: its fields, its life, and the actions that concern it.

Every module here is imported when a simulator starts; there is no list to keep. A kind is

    @dataclass(kw_only=True, eq=False)
    class VSwitch(Record, kind="vswitch", prefix="vsw", product="vpc", tag_type="VSWITCH",
                  not_found=("InvalidVswitchID.NotFound", 404)):
        vpc_id: str = ""

    @action("vpc", "DeleteVSwitch")
    def delete(region: Region, request: Request) -> Reply:
        vswitch = region.require(VSwitch, request.text("VSwitchId"))
        ...
        region.transition(vswitch, "Pending", GONE)
        return {}

A refusal or a rehearsal (DryRun) undoes whatever the handler did, so a handler may check and
change in any order. Client tokens, tags, required parameters and their types are seen to before.
"""
