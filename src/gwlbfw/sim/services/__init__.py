"""The simulated APIs: a package for each product, a file for each of its resources.

A resource's file holds its record, what happens to it, and the actions on it; where that is too
long, a package of the same name holds a few files. The registry imports every module below this
package, so there is no list to keep. A resource is

    @dataclass(kw_only=True, eq=False)
    class VSwitch(Record, kind="vswitch", prefix="vsw", product="vpc", tag_type="VSWITCH",
                  not_found=("InvalidVswitchID.NotFound", 404)):
        vpc_id: str = ""

    @action("vpc", "DeleteVSwitch")
    def delete_vswitch(region: Region, request: Request) -> Reply:
        vswitch = region.require(VSwitch, request.text("VSwitchId"))
        ...
        region.transition(vswitch, "Pending", DELETED)
        return {}

An ApiError or a dry run rolls back whatever the handler changed, so a handler may check and change
in any order. Signatures, required parameters and their types, and client tokens are dealt with
before it is called.
"""
