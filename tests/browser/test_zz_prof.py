import time
from tests.browser.house import *
from tests.browser.conftest import browser
from tests.browser.house import house
from tests.conftest import cluster
def test_prof(browser, house):
    for scripts in (True, False):
        w=Window(browser,house,PHONE,scripts=scripts); p=w.go(house.edition("fr")+"vote")
        t=[]
        w.context.on("requestfinished", lambda r: t.append((r.method, r.timing["responseStart"]-r.timing["requestStart"], r.url[-12:])))
        t0=time.time()
        for n in range(12):
            number=p.input_value('.vote [name="statement"]'); a=time.time()
            p.click(f".answers .{('agree','disagree','pass')[n%3]}"); b=time.time()
            p.wait_for_selector(f'.vote [name="statement"]:not([value="{number}"])',state="attached"); c=time.time()
            print(scripts, round(b-a,3), round(c-b,3))
        print(time.time()-t0); print([(m,round(x),u) for m,x,u in t[:40]])
        w.context.close()
    t0=time.time(); house.count_again(); print("compute", time.time()-t0)
    t0=time.time(); house.count_again(); print("compute", time.time()-t0)
